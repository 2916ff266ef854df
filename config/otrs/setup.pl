#!/usr/bin/perl
# Give OTRS what the bridge needs: groups, queues, a role with least rights, the bridge's agent,
# dynamic fields, the erasing job, the control ticket and the web service.
#
#   su otrs -s /bin/sh -c 'perl setup.pl' < arguments.json
#
# Run as the user of OTRS with the JSON of `%Default` below (whatever is left out keeps its default; agent.password
# is needed when the agent does not exist yet). Safe to run again: it adds what is missing, corrects rights and job,
# and deletes nothing. The last line of the output is a JSON object with all ids.
#
# OTRS_HOME in the environment names the installation, else the usual places are tried.

use strict;
use warnings;
use utf8;

my $Home;

BEGIN {
    ($Home) = grep { $_ && -e "$_/Kernel/System/ObjectManager.pm" }
        ( $ENV{OTRS_HOME}, '/usr/share/otrs', '/opt/znuny', '/opt/otrs', '/opt/otobo' );
    die "OTRS is not installed in the usual places: set OTRS_HOME\n" if !$Home;
    unshift @INC, $Home, "$Home/Kernel/cpan-lib", "$Home/Custom";
}

use Kernel::System::ObjectManager;

package BridgeSetup;    ## no critic

my @Categories = qw(
    data-protection membership joining-leaving login technical new-instance other automated spam
);

# What people ask of the bridge. An extension names its reason, one of the two that Art. 12(3) GDPR allows.
my @Actions = qw(forward to-admins hold release erase-now extend-complexity extend-number);

my %Default = (
    queues => {
        support    => 'LQFB-Support',
        admins     => 'LQFB-Administration',
        membership => 'Mitgliederverwaltung',
        other      => 'LQFB-Sonstiges',
        erasing    => 'Bridge-Erase',
    },

    # GenericInterface asks for rw to change a dynamic field or to move a ticket; nothing less works.
    rights => { support => ['rw'], admins => ['rw'], membership => ['rw'], other => ['rw'], erasing => ['rw'] },
    agent  => { login => 'bridge', email => 'bridge@localhost.localdomain', password => undef },

    # Further agents: {login, email, password, rights: {queue key: [permission]}}.
    people => [],

    # The address that the queues send from; undef keeps OTRS's first one.
    address => undef,

    # The stem of the names of groups, role and job.
    objects => 'Bridge',

    # Fields, screens and web service belong to the whole OTRS: private sets leave them out.
    shared          => 1,
    fields          => {
        ref => 'BridgeRef', state => 'BridgeState', category => 'BridgeCategory', action => 'BridgeAction',
        reason => 'BridgeReason', erase => 'BridgeErase',
    },
    erase_value     => 'erase',
    control_title   => 'Kontrollticket',
    webservice      => 'Bridge',
    webservice_file => undef,
);

my %FieldConfig = (
    ref    => { Label => 'Bridge: reference', FieldType => 'Text', Config => { DefaultValue => '', Link => '' } },
    state  => { Label => 'Bridge: state',     FieldType => 'Text', Config => { DefaultValue => '', Link => '' } },
    reason => { Label => 'Bridge: reason',    FieldType => 'Text', Config => { DefaultValue => '', Link => '' } },
    erase  => { Label => 'Bridge: erase',     FieldType => 'Text', Config => { DefaultValue => '', Link => '' } },
    category => {
        Label     => 'Bridge: category',
        FieldType => 'Dropdown',
        Config    => {
            DefaultValue       => '',
            PossibleNone       => 1,
            PossibleValues     => { map { $_ => $_ } @Categories },
            TranslatableValues => 1,
            TreeView           => 0,
            Link               => '',
        },
    },
    action => {
        Label     => 'Bridge: action',
        FieldType => 'Dropdown',
        Config    => {
            DefaultValue       => '',
            PossibleNone       => 1,
            PossibleValues     => { map { $_ => $_ } @Actions },
            TranslatableValues => 1,
            TreeView           => 0,
            Link               => '',
        },
    },
);

# Supporters steer by category and action; reference, state and reason are the bridge's own, to read only.
# The erase field is on no screen.
my %Screens = (
    'Ticket::Frontend::AgentTicketZoom###DynamicField'     => [qw(ref state category action reason)],
    'Ticket::Frontend::AgentTicketFreeText###DynamicField' => [qw(category action)],
);

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

# Run everything and return the ids; dies with a text at the first failure.
sub SetUp {
    my ($Wanted) = @_;
    my %Param = ( %Default, %{$Wanted} );
    for my $Key (qw(queues rights agent fields)) {
        $Param{$Key} = { %{ $Default{$Key} }, %{ $Wanted->{$Key} || {} } };
    }
    my %Result;
    if ( $Param{shared} ) {
        $Result{fields} = Fields( \%Param );
        Screens( \%Param );
        $Result{webservice} = Webservice( \%Param );
    }
    $Result{address_id} = Address( \%Param );
    $Result{queues}     = Queues( \%Param, $Result{address_id} );
    $Result{agent}      = BridgeAgent( \%Param, $Result{queues} );
    $Result{people}     = [ map { Person( \%Param, $_, $Result{queues} ) } @{ $Param{people} } ];
    $Result{job}        = ErasingJob( \%Param, $Result{queues}->{erasing}->{id} );
    $Result{control}    = ControlTicket( \%Param, $Result{queues}->{erasing}->{id} );
    if ( $Param{shared} ) {
        $Result{others_in_erasing_group}
            = OthersInErasingGroup( $Result{queues}->{erasing}->{group_id}, $Result{agent}->{id} );
    }
    return \%Result;
}

sub Fields {
    my ($Param)      = @_;
    my $FieldObject  = Object('DynamicField');
    my ( %Ids, $Order );
    for my $Key ( sort keys %FieldConfig ) {
        my $Name  = $Param->{fields}->{$Key};
        my $Found = $FieldObject->DynamicFieldGet( Name => $Name );
        my $Want  = $FieldConfig{$Key};
        if ( $Found && $Found->{ID} ) {
            die "The dynamic field $Name exists with another type\n"
                if $Found->{FieldType} ne $Want->{FieldType} || $Found->{ObjectType} ne 'Ticket';
            AddValues( $Found, $Want );
            $Ids{$Key} = $Found->{ID};
            next;
        }
        $Ids{$Key} = $FieldObject->DynamicFieldAdd(
            %{$Want},
            Name       => $Name,
            FieldOrder => 9000 + ++$Order,
            ObjectType => 'Ticket',
            ValidID    => 1,
            UserID     => 1,
        ) || die "The dynamic field $Name could not be added\n";
    }
    return \%Ids;
}

# A field made by an earlier version gets the values that came since; none is taken away.
sub AddValues {
    my ( $Found, $Want ) = @_;
    my $Has     = $Found->{Config}->{PossibleValues} || {};
    my $Needed  = $Want->{Config}->{PossibleValues} || {};
    my @Missing = grep { !defined $Has->{$_} } sort keys %{$Needed};
    return if !@Missing;
    my %Values = ( %{$Has}, map { $_ => $Needed->{$_} } @Missing );
    Object('DynamicField')->DynamicFieldUpdate(
        %{$Found},
        Config => { %{ $Found->{Config} }, PossibleValues => \%Values },
        UserID => 1,
    ) || die "The dynamic field $Found->{Name} was not given its new values\n";
    return;
}

sub Screens {
    my ($Param) = @_;
    my @Settings;
    for my $Name ( sort keys %Screens ) {
        my %Setting = Object('SysConfig')->SettingGet( Name => $Name );
        my %Value   = %{ $Setting{EffectiveValue} || {} };
        my @Missing = grep { !$Value{$_} } map { $Param->{fields}->{$_} } @{ $Screens{$Name} };
        next if !@Missing;
        $Value{$_} = 1 for @Missing;
        push @Settings, { Name => $Name, EffectiveValue => \%Value, IsValid => 1 };
    }
    return if !@Settings;
    Object('SysConfig')->SettingsSet( UserID => 1, Comments => 'OTRS bridge', Settings => \@Settings )
        || die "The fields could not be put on the agents' screens\n";
    return;
}

sub Webservice {
    my ($Param) = @_;
    return if !$Param->{webservice_file};
    my $WebserviceObject = Object('GenericInterface::Webservice');
    my $YAML             = Object('Main')->FileRead( Location => $Param->{webservice_file}, Mode => 'utf8' )
        || die "The web service's file can't be read\n";
    my $Config = Object('YAML')->Load( Data => ${$YAML} ) || die "The web service's file is no YAML\n";
    my %Want   = ( Name => $Param->{webservice}, Config => $Config, ValidID => 1, UserID => 1 );
    my $Found  = $WebserviceObject->WebserviceGet( Name => $Param->{webservice} );
    if ( $Found && $Found->{ID} ) {
        $WebserviceObject->WebserviceUpdate( %Want, ID => $Found->{ID} ) || die "The web service was not updated\n";
        return $Found->{ID};
    }
    return $WebserviceObject->WebserviceAdd(%Want) || die "The web service was not added\n";
}

sub Address {
    my ($Param) = @_;
    return 1 if !$Param->{address};
    my %Known = reverse Object('SystemAddress')->SystemAddressList( Valid => 0 );
    my $Email = $Param->{address}->{email};
    return $Known{$Email} if $Known{$Email};
    return Object('SystemAddress')->SystemAddressAdd(
        Name     => $Email,
        Realname => $Param->{address}->{name} || $Email,
        ValidID  => 1,
        QueueID  => 1,
        UserID   => 1,
    ) || die "The system address was not added\n";
}

# Another process may put an old list into the cache just as we write: ask the database (measured).
sub Fresh {
    my ($Type) = @_;
    Object('Cache')->CleanUp( Type => $Type );
    return;
}

sub Queues {
    my ( $Param, $AddressID ) = @_;
    my %Known = reverse Object('Queue')->QueueList( Valid => 0 );
    my %Result;
    for my $Key ( sort keys %{ $Param->{queues} } ) {
        my $Name    = $Param->{queues}->{$Key};
        my $Group   = lc "$Param->{objects}-$Key";
        my $QueueID = $Known{$Name} || Object('Queue')->QueueAdd(
            Name            => $Name,
            ValidID         => 1,
            GroupID         => Group( $Group, $Name ),
            SystemAddressID => $AddressID,
            SalutationID    => 1,
            SignatureID     => 1,

            # 1: mail to a closed ticket joins it; 3: it becomes a new ticket. Nothing may join what waits for erasure.
            FollowUpID   => $Key eq 'erasing' ? 3 : 1,
            FollowUpLock => 0,
            UnlockTimeout => 0, FirstResponseTime => 0, UpdateTime => 0, SolutionTime => 0,
            Comment => 'OTRS bridge',
            UserID  => 1,
        ) || die "The queue $Name was not added\n";
        my %Queue = Object('Queue')->QueueGet( ID => $QueueID );
        $Result{$Key} = { id => $QueueID, name => $Name, group_id => $Queue{GroupID} };
        CheckErasingQueue( \%Queue, $Group ) if $Key eq 'erasing';
    }
    return \%Result;
}

sub Group {
    my ( $Name, $Queue ) = @_;
    my %Known = reverse Object('Group')->GroupList( Valid => 0 );
    return $Known{$Name} || Object('Group')->GroupAdd(
        Name => $Name, Comment => "OTRS bridge: $Queue", ValidID => 1, UserID => 1,
    ) || die "The group $Name was not added\n";
}

# An erasing queue in somebody else's group, or that mail can join, would break the proof of erasure.
sub CheckErasingQueue {
    my ( $Queue, $Group ) = @_;
    my %Known = reverse Object('Group')->GroupList( Valid => 0 );
    if ( !$Known{$Group} ) {
        Fresh('Group');
        %Known = reverse Object('Group')->GroupList( Valid => 0 );
    }
    die "The erasing queue exists in another group: give it its own, $Group\n"
        if ( $Known{$Group} // 0 ) != $Queue->{GroupID};
    die "The erasing queue lets follow-ups in: set them to new ticket\n" if $Queue->{FollowUpID} != 3;
    return;
}

# Tell who besides the bridge may see what waits for erasure; nobody should.
sub OthersInErasingGroup {
    my ( $GroupID, $BridgeID ) = @_;
    my %Users = Object('Group')->PermissionGroupGet( GroupID => $GroupID, Type => 'ro' );
    delete $Users{$BridgeID};
    return [ sort values %Users ];
}

sub Agent {
    my ($Person) = @_;
    my $UserID = Object('User')->UserLookup( UserLogin => $Person->{login}, Silent => 1 );
    return $UserID if $UserID;
    die "The agent $Person->{login} does not exist yet: give a password\n" if !$Person->{password};
    return Object('User')->UserAdd(
        UserFirstname => $Person->{first_name} || 'OTRS',
        UserLastname  => $Person->{last_name}  || ucfirst $Person->{login},
        UserLogin     => $Person->{login},
        UserPw        => $Person->{password},
        UserEmail     => $Person->{email},
        ValidID       => 1,
        ChangeUserID  => 1,
    ) || die "The agent $Person->{login} was not added\n";
}

sub PermissionTypes { return @{ $Kernel::OM->Get('Kernel::Config')->Get('System::Permission') } }

# Rights are written only when they differ: each write empties OTRS's caches.
sub RoleDiffers {
    my ( $RoleID, $GroupID, @Rights ) = @_;
    my %Want = map { $_ => 1 } @Rights;
    for my $Type ( PermissionTypes() ) {
        my %Has = Object('Group')->PermissionRoleGroupGet( RoleID => $RoleID, Type => $Type );
        return 1 if ( $Has{$GroupID} ? 1 : 0 ) != ( $Want{$Type} || $Want{rw} ? 1 : 0 );
    }
    return;
}

sub RoleRights {
    my ( $RoleID, $GroupID, @Rights ) = @_;
    my %Want = map { $_ => 1 } @Rights;
    return Object('Group')->PermissionGroupRoleAdd(
        GID        => $GroupID,
        RID        => $RoleID,
        Permission => { map { $_ => $Want{$_} || $Want{rw} ? 1 : 0 } PermissionTypes() },
        UserID     => 1,
    ) || die "The role's rights were not set\n";
}

sub Role {
    my ( $Name, $UserID, $Rights, $Queues ) = @_;
    my %Roles  = reverse Object('Group')->RoleList( Valid => 0 );
    my $IsNew  = !$Roles{$Name};
    my $RoleID = $Roles{$Name} || Object('Group')->RoleAdd(
        Name => $Name, Comment => 'OTRS bridge', ValidID => 1, UserID => 1,
    ) || die "The role $Name was not added\n";
    for my $Key ( sort keys %{$Rights} ) {
        my ( $GroupID, @Rights ) = ( $Queues->{$Key}->{group_id}, @{ $Rights->{$Key} } );
        RoleRights( $RoleID, $GroupID, @Rights ) if $IsNew || RoleDiffers( $RoleID, $GroupID, @Rights );
    }
    my %Members = $IsNew ? () : Object('Group')->PermissionRoleUserGet( RoleID => $RoleID );
    return $RoleID if $Members{$UserID};
    Object('Group')->PermissionRoleUserAdd( RID => $RoleID, UID => $UserID, Active => 1, UserID => 1 )
        || die "The role $Name was not given\n";
    return $RoleID;
}

sub BridgeAgent {
    my ( $Param, $Queues ) = @_;
    my $UserID = Agent( { last_name => 'Bridge', %{ $Param->{agent} } } );
    my $RoleID = Role( lc "$Param->{objects}-agent", $UserID, $Param->{rights}, $Queues );
    return { id => $UserID, login => $Param->{agent}->{login}, role_id => $RoleID };
}

sub Person {
    my ( $Param, $Person, $Queues ) = @_;
    my $UserID = Agent($Person);
    my $RoleID = Role( "role-$Person->{login}", $UserID, $Person->{rights}, $Queues );
    return { id => $UserID, login => $Person->{login}, role_id => $RoleID };
}

# Both conditions, queue and field: by the field alone any agent with rw anywhere could erase.
sub ErasingJob {
    my ( $Param, $QueueID ) = @_;
    die "The erasing job needs its queue\n" if !$QueueID;
    my $Field = $Param->{fields}->{erase};
    my $Name  = "$Param->{objects} erasing";
    my %Want  = (
        Valid                        => 1,
        "Search_DynamicField_$Field" => $Param->{erase_value},
        QueueIDs                     => [$QueueID],
        NewDelete                    => 1,
        EventValues                  => ["TicketDynamicFieldUpdate_$Field"],
    );
    my %Found = Object('GenericAgent')->JobGet( Name => $Name );
    if (%Found) {
        my $Same = 1;
        for my $Key ( keys %Want ) {
            $Same = 0 if Flat( $Found{$Key} ) ne Flat( $Want{$Key} );
        }
        return $Name if $Same;
        Object('GenericAgent')->JobDelete( Name => $Name, UserID => 1 );
    }
    Object('GenericAgent')->JobAdd( Name => $Name, Data => \%Want, UserID => 1 )
        || die "The erasing job was not added\n";
    return $Name;
}

sub Flat { my ($Value) = @_; return join ',', map { $_ // '' } ref $Value ? @{$Value} : $Value }

# Owned by agent 1 and closed: owners read without rights, and mail to a closed ticket here becomes a new one.
sub ControlTicket {
    my ( $Param, $QueueID ) = @_;
    my ($TicketID) = Object('Ticket')->TicketSearch(
        Result => 'ARRAY', Title => $Param->{control_title}, QueueIDs => [$QueueID], UserID => 1, Limit => 1,
        SortBy => 'Age', OrderBy => 'Down',
    );
    if ( !$TicketID ) {
        $TicketID = Object('Ticket')->TicketCreate(
            Title => $Param->{control_title}, QueueID => $QueueID, Lock => 'unlock', PriorityID => 3,
            State => 'closed successful', OwnerID => 1, UserID => 1, CustomerUser => '',
        ) || die "The control ticket was not made\n";
        Object('Ticket::Article')->BackendForChannel( ChannelName => 'Internal' )->ArticleCreate(
            TicketID             => $TicketID,
            SenderType           => 'agent',
            IsVisibleForCustomer => 0,
            From                 => 'OTRS bridge',
            Subject              => $Param->{control_title},
            Body                 => 'The bridge reads this ticket right after each erasure. Please leave it as it is.',
            ContentType          => 'text/plain; charset=utf-8',
            HistoryType          => 'AddNote',
            HistoryComment       => 'OTRS bridge',
            UserID               => 1,
            NoAgentNotify        => 1,
        ) || die "The control ticket's article was not made\n";
    }
    my $Number = Object('Ticket')->TicketNumberLookup( TicketID => $TicketID );
    return { id => $TicketID, number => $Number };
}

package main;

if ( !caller ) {
    local $Kernel::OM = Kernel::System::ObjectManager->new(
        'Kernel::System::Log' => { LogPrefix => 'OTRS-bridge-setup' },
    );
    my $JSON   = $Kernel::OM->Get('Kernel::System::JSON');
    my $Given  = -t STDIN ? '' : do { local $/ = undef; <STDIN> };
    my $Wanted = $Given =~ m{\S}xms ? $JSON->Decode( Data => $Given ) : {};
    die "The arguments are no JSON object\n" if ref $Wanted ne 'HASH';
    my $Result = eval { BridgeSetup::SetUp($Wanted) };
    if ( !$Result ) {
        print STDERR "setup.pl: $@";
        exit 1;
    }
    if ( my @Others = @{ $Result->{others_in_erasing_group} || [] } ) {
        print STDERR "setup.pl: warning: others have rights in the erasing queue: @Others\n";
    }
    print $JSON->Encode( Data => $Result, SortKeys => 1 ), "\n";
}

1;
