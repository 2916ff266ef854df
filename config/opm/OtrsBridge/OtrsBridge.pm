# Set-up of the package OtrsBridge: does what setup.pl does, remembers what it made, and takes that back at the end.

package var::packagesetup::OtrsBridge;

use strict;
use warnings;
use utf8;

our @ObjectDependencies = (
    'Kernel::Config',
    'Kernel::System::AuthSession',
    'Kernel::System::Cache',
    'Kernel::System::DB',
    'Kernel::System::DynamicField',
    'Kernel::System::DynamicField::Backend',
    'Kernel::System::GenericAgent',
    'Kernel::System::GenericInterface::Webservice',
    'Kernel::System::Group',
    'Kernel::System::JSON',
    'Kernel::System::Log',
    'Kernel::System::Main',
    'Kernel::System::Queue',
    'Kernel::System::SysConfig',
    'Kernel::System::SystemAddress',
    'Kernel::System::SystemData',
    'Kernel::System::Ticket',
    'Kernel::System::User',
);

my $Name = 'OtrsBridge';

sub new {
    my ($Type) = @_;
    return bless {}, $Type;
}

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

sub Home { return $Kernel::OM->Get('Kernel::Config')->Get('Home') }

sub CodeInstall {
    my ($Self) = @_;
    my $Arguments = Arguments();
    my $Before    = Present($Arguments);

    # Nobody knows this password: set one with Admin::User::SetPassword. It must not lie in a package.
    $Arguments->{agent}->{password} ||= Object('Main')->GenerateRandomString( Length => 40 );
    local $ENV{OTRS_HOME} = Home();
    {
        no warnings 'redefine';    ## no critic
        my $Place = Home() . "/var/packagesetup/$Name.pl";
        do $Place or die "$Name: the set-up can't be read: $@\n";
    }

    # Another process may cache a list of groups or queues just before the newest is in it (measured under load). The
    # set-up can be run again, so it is.
    my ( $Result, $Failure );
    for my $Try ( 1 .. 3 ) {
        Object('Cache')->CleanUp( Type => $_ ) for qw(DynamicField Group Queue SystemAddress User);
        $Result  = eval { BridgeSetup::SetUp($Arguments) };
        $Failure = $@;
        last if $Result;
    }
    my $After = Present($Arguments);
    my %Made;
    for my $Kind ( sort keys %{$After} ) {
        my %Old = map { $_ => 1 } @{ $Before->{$Kind} };
        $Made{$Kind} = [ grep { !$Old{$_} } @{ $After->{$Kind} } ];
    }
    Remember( \%Made );
    if ( !$Result ) {
        Object('Log')->Log( Priority => 'error', Message => "$Name: $Failure" );
        die "$Name: $Failure";
    }
    return 1;
}

sub CodeUpgrade   { return $_[0]->CodeInstall() }
sub CodeReinstall { return $_[0]->CodeInstall() }

# Take back what the package made, and nothing else. A queue that tickets lie or lay in stays, switched off, with its group.
sub CodeUninstall {
    my ($Self)    = @_;
    my $Arguments = Arguments();
    my $Made      = Remembered();
    Object('GenericAgent')->JobDelete( Name => $_, UserID => 1 ) for @{ $Made->{job} || [] };
    for my $ID ( @{ $Made->{webservice} || [] } ) {
        Object('GenericInterface::Webservice')->WebserviceDelete( ID => $ID, UserID => 1 );
    }
    Object('Ticket')->TicketDelete( TicketID => $_, UserID => 1 ) for @{ $Made->{control} || [] };
    ScreensBack($Arguments);
    FieldDelete($_) for @{ $Made->{fields} || [] };
    RoleDelete($_)  for @{ $Made->{roles}  || [] };
    QueueDelete($_) for @{ $Made->{queues} || [] };
    AgentDelete($_) for @{ $Made->{agents} || [] };
    GroupDelete($_) for @{ $Made->{groups} || [] };
    AddressDelete($_) for @{ $Made->{addresses} || [] };
    Object('SystemData')->SystemDataDelete( Key => "${Name}::Made", UserID => 1 );
    Object('Cache')->CleanUp( Type => $_ ) for qw(DynamicField Group Queue User SystemAddress Valid);
    return 1;
}

sub Arguments {
    my $Text = Object('Main')->FileRead( Location => Home() . "/var/packagesetup/$Name.json", Mode => 'binmode' )
        || die "$Name: the arguments can't be read\n";
    my $Arguments = Object('JSON')->Decode( Data => ${$Text} );
    die "$Name: the arguments are no JSON object\n" if ref $Arguments ne 'HASH';
    $Arguments->{objects} ||= 'Bridge';
    $Arguments->{fields}->{reason} ||= 'BridgeReason';
    $Arguments->{webservice_file} = Home() . '/' . $Arguments->{webservice_file};
    return $Arguments;
}

# List the ids of those objects that carry the package's names: asked of the database, for another process may just
# have cached a list that lacks the newest (measured).
sub Present {
    my ($Arguments) = @_;
    my $Stem   = $Arguments->{objects};
    my @Keys   = sort keys %{ $Arguments->{queues} };
    my $Users  = $Kernel::OM->Get('Kernel::Config')->Get('DatabaseUserTable') || 'users';
    my %Found  = (
        job        => Named( 'generic_agent_jobs', 'job_name', 'job_name', "$Stem erasing" ),
        webservice => Named( 'gi_webservice_config', 'id', 'name', $Arguments->{webservice} ),
        fields     => Named( 'dynamic_field',  'id', 'name',   values %{ $Arguments->{fields} } ),
        queues     => Named( 'queue',          'id', 'name',   values %{ $Arguments->{queues} } ),
        groups     => Named( GroupTable(),     'id', 'name',   map { lc "$Stem-$_" } @Keys ),
        roles      => Named( 'roles',          'id', 'name',   lc "$Stem-agent" ),
        agents     => Named( $Users,           'id', 'login',  $Arguments->{agent}->{login} ),
        addresses  => Named( 'system_address', 'id', 'value0', $Arguments->{address}->{email} ),
    );
    my ($Erasing) = @{ Named( 'queue', 'id', 'name', $Arguments->{queues}->{erasing} ) };
    $Found{control} = [];
    if ($Erasing) {
        my @Control = Fetch(
            'SELECT MIN(id) FROM ticket WHERE queue_id = ? AND title = ? AND create_by = 1', $Erasing,
            $Arguments->{control_title},
        );
        $Found{control} = [ grep { defined && length } @Control ];
    }
    return \%Found;
}

sub Named {
    my ( $Table, $ID, $Column, @Names ) = @_;
    my %Ids;
    for my $Wanted ( grep { defined && length } @Names ) {
        $Ids{$_} = 1 for Fetch( "SELECT DISTINCT $ID FROM $Table WHERE $Column = ?", $Wanted );
    }
    return [ sort keys %Ids ];
}

# What earlier versions made stays remembered.
sub Remember {
    my ($Made) = @_;
    my $Old = Remembered();
    my %All;
    for my $Kind ( keys %{$Made}, keys %{$Old} ) {
        my %Ids = map { $_ => 1 } @{ $Made->{$Kind} || [] }, @{ $Old->{$Kind} || [] };
        $All{$Kind} = [ sort keys %Ids ];
    }
    my $Text   = Object('JSON')->Encode( Data => \%All, SortKeys => 1 );
    my $Exists = defined Object('SystemData')->SystemDataGet( Key => "${Name}::Made" );
    my $Method = $Exists ? 'SystemDataUpdate' : 'SystemDataAdd';
    return Object('SystemData')->$Method( Key => "${Name}::Made", Value => $Text, UserID => 1 );
}

sub Remembered {
    my $Text = Object('SystemData')->SystemDataGet( Key => "${Name}::Made" );
    return $Text ? Object('JSON')->Decode( Data => $Text ) || {} : {};
}

sub ScreensBack {
    my ($Arguments) = @_;
    my %Ours = map { $_ => 1 } values %{ $Arguments->{fields} };
    my @Settings;
    for my $Screen (qw(AgentTicketZoom AgentTicketFreeText)) {
        my $Key     = "Ticket::Frontend::${Screen}###DynamicField";
        my %Setting = Object('SysConfig')->SettingGet( Name => $Key );
        my %Value   = %{ $Setting{EffectiveValue} || {} };
        next if !grep { $Ours{$_} } keys %Value;
        delete @Value{ grep { $Ours{$_} } keys %Value };
        push @Settings, { Name => $Key, EffectiveValue => \%Value, IsValid => 1 };
    }
    return if !@Settings;
    return Object('SysConfig')->SettingsSet( UserID => 1, Comments => "$Name removed", Settings => \@Settings );
}

sub FieldDelete {
    my ($ID)  = @_;
    my $Field = Object('DynamicField')->DynamicFieldGet( ID => $ID );
    return if !$Field || !$Field->{ID};
    Object('DynamicField::Backend')->AllValuesDelete( DynamicFieldConfig => $Field, UserID => 1 );
    return Object('DynamicField')->DynamicFieldDelete( ID => $ID, UserID => 1 );
}

sub QueueDelete {
    my ($ID) = @_;
    if ( Count( 'SELECT COUNT(*) FROM ticket_history WHERE queue_id = ?', $ID ) ) {
        return Rows( 'UPDATE queue SET valid_id = 2 WHERE id = ?', $ID );
    }
    Rows( "DELETE FROM $_ WHERE queue_id = ?", $ID )
        for qw(queue_preferences queue_auto_response queue_standard_template personal_queues);
    return Rows( 'DELETE FROM queue WHERE id = ?', $ID );
}

sub RoleDelete {
    my ($ID) = @_;
    Rows( "DELETE FROM $_ WHERE role_id = ?", $ID ) for qw(role_user group_role);
    return Rows( 'DELETE FROM roles WHERE id = ?', $ID );
}

sub GroupDelete {
    my ($ID) = @_;
    return if Count( 'SELECT COUNT(*) FROM queue WHERE group_id = ?', $ID );
    Rows( "DELETE FROM $_ WHERE group_id = ?", $ID ) for qw(group_user group_role group_customer_user group_customer);
    return Rows( 'DELETE FROM ' . GroupTable() . ' WHERE id = ?', $ID );
}

# ((OTRS)) Community Edition calls it groups, OTOBO groups_table, Znuny permission_groups.
sub GroupTable {
    my %Known = map { lc $_ => 1 } Object('DB')->ListTables();
    my ($Table) = grep { $Known{$_} } qw(permission_groups groups_table groups);
    return $Table || die "$Name: no table of groups\n";
}

# Tickets, articles and history name the agent who made them: with any of those left the agent is only switched off.
sub AgentDelete {
    my ($ID)  = @_;
    my $Marks = 0;
    for my $Column (qw(ticket.user_id ticket.responsible_user_id)) {
        my ( $Table, $Field ) = split m{\.}, $Column;
        $Marks += Count( "SELECT COUNT(*) FROM $Table WHERE $Field = ?", $ID );
    }
    for my $Table (qw(ticket ticket_history article)) {
        $Marks += Count( "SELECT COUNT(*) FROM $Table WHERE create_by = ? OR change_by = ?", $ID, $ID );
    }
    return Rows( 'UPDATE users SET valid_id = 2 WHERE id = ?', $ID ) if $Marks;
    SessionsDelete( Object('User')->UserLookup( UserID => $ID, Silent => 1 ) );
    Rows( "DELETE FROM $_ WHERE user_id = ?", $ID ) for qw(user_preferences role_user group_user personal_queues);
    return Rows( 'DELETE FROM users WHERE id = ?', $ID ) || Rows( 'UPDATE users SET valid_id = 2 WHERE id = ?', $ID );
}

# Only where sessions lie in the database, as they do by default; files of sessions are removed by age.
sub SessionsDelete {
    my ($Login) = @_;
    my %Known = map { lc $_ => 1 } Object('DB')->ListTables();
    return if !$Login || !$Known{sessions};
    my @Sessions = Fetch( q{SELECT DISTINCT session_id FROM sessions WHERE data_key = 'UserLogin' AND data_value = ?}, $Login );
    Object('AuthSession')->RemoveSessionID( SessionID => $_ ) for @Sessions;
    return;
}

sub AddressDelete {
    my ($ID) = @_;
    return if Count( 'SELECT COUNT(*) FROM queue WHERE system_address_id = ?', $ID );
    return Rows( 'DELETE FROM system_address WHERE id = ?', $ID );
}

sub Rows {
    my ( $SQL, @Values ) = @_;
    return Object('DB')->Do( SQL => $SQL, Bind => [ map { my $Value = $_; \$Value } @Values ] );
}

# Return the first column of all rows.
sub Fetch {
    my ( $SQL, @Values ) = @_;
    Object('DB')->Prepare( SQL => $SQL, Bind => [ map { my $Value = $_; \$Value } @Values ] ) || die "$Name: $SQL\n";
    my @Found;
    while ( my @Row = Object('DB')->FetchrowArray() ) { push @Found, $Row[0] }
    return @Found;
}

sub Count { return ( Fetch(@_) )[0] }

1;
