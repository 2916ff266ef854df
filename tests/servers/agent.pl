#!/usr/bin/perl
# Act inside Znuny as another agent would: one JSON command a line in, one JSON answer a line out.
# Each command gets a fresh object manager, as each web request does.

use strict;
use warnings;
use utf8;

my $Folder;
BEGIN { ($Folder) = $0 =~ m{^(.*)/}; $ENV{OTRS_HOME} ||= '/usr/share/otrs' }
require "$Folder/setup.pl";
use MIME::Base64 ();

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

sub Must { my ( $What, @Result ) = @_; die "$What failed\n" if !$Result[0]; return $Result[0] }

sub Queue { return Must( "queue $_[0]", Object('Queue')->QueueLookup( Queue => $_[0] ) ) }

my %Command = (
    setup    => sub { return BridgeSetup::SetUp( $_[0]->{arguments} ) },
    teardown => \&Teardown,
    create => sub {
        my ($Given) = @_;
        my $TicketID = Must 'create', Object('Ticket')->TicketCreate(
            Title        => $Given->{title},
            QueueID      => Queue( $Given->{queue} ),
            Lock         => 'unlock',
            PriorityID   => 3,
            State        => $Given->{state},
            CustomerUser => $Given->{customer},
            OwnerID      => $Given->{user_id},
            UserID       => $Given->{user_id},
        );
        Article( { %{$Given}, ticket_id => $TicketID, sender_type => 'customer' } );
        return $TicketID;
    },
    article => \&Article,
    merge   => sub {
        my ($Given) = @_;
        return Must 'merge', Object('Ticket')->TicketMerge(
            MainTicketID => $Given->{main_id}, MergeTicketID => $Given->{ticket_id}, UserID => $Given->{user_id},
        );
    },
    move => sub {
        my ($Given) = @_;
        return Must 'move', Object('Ticket')->TicketQueueSet(
            QueueID => Queue( $Given->{queue} ), TicketID => $Given->{ticket_id}, UserID => $Given->{user_id},
        );
    },
    owner => sub {
        my ($Given) = @_;
        return Must 'owner', Object('Ticket')->TicketOwnerSet(
            TicketID => $Given->{ticket_id}, NewUserID => $Given->{owner_id}, UserID => $Given->{user_id},
        );
    },
    state => sub {
        my ($Given) = @_;
        return Must 'state', Object('Ticket')->TicketStateSet(
            TicketID => $Given->{ticket_id}, State => $Given->{state}, UserID => $Given->{user_id},
        );
    },
    field => sub {
        my ($Given) = @_;
        my $Field = Must "field $Given->{field}", Object('DynamicField')->DynamicFieldGet( Name => $Given->{field} );
        return Must 'field', Object('DynamicField::Backend')->ValueSet(
            DynamicFieldConfig => $Field,
            ObjectID           => $Given->{ticket_id},
            Value              => $Given->{value},
            UserID             => $Given->{user_id},
        );
    },
    delete => sub {
        my ($Given) = @_;
        return Must 'delete', Object('Ticket')->TicketDelete( TicketID => $Given->{ticket_id}, UserID => 1 );
    },
    ticket => sub {
        my ($Given) = @_;
        my %Ticket = Object('Ticket')->TicketGet(
            TicketID => $Given->{ticket_id}, DynamicFields => 1, UserID => 1, Silent => 1,
        );
        return %Ticket ? \%Ticket : undef;
    },
    rights => sub {
        my ($Given) = @_;
        return BridgeSetup::RoleRights( $Given->{role_id}, $Given->{group_id}, @{ $Given->{rights} } );
    },
    job_valid => sub {
        my ($Given) = @_;
        my %Job = Object('GenericAgent')->JobGet( Name => $Given->{job} );
        die "no job $Given->{job}\n" if !%Job;
        delete $Job{Name};
        $Job{Valid} = $Given->{valid} ? 1 : 0;
        Object('GenericAgent')->JobDelete( Name => $Given->{job}, UserID => 1 );
        return Must 'job', Object('GenericAgent')->JobAdd( Name => $Given->{job}, Data => \%Job, UserID => 1 );
    },
    postmaster => \&Postmaster,
    fetch      => \&Fetch,
    send_mail  => sub {
        my $Sent = 0;
        for my $Waiting ( @{ Object('MailQueue')->List() || [] } ) {
            my $Result = Object('MailQueue')->Send( %{$Waiting}, Force => 1 );
            $Sent++ if $Result->{Status} eq 'Success';
        }
        return $Sent;
    },
);

# Take a set out of use. Its tickets stay; but each valid agent and role makes every later change of rights slower,
# for Znuny then reads them all again.
sub Teardown {
    my ($Given) = @_;
    my $DB = Object('DB');
    Object('GenericAgent')->JobDelete( Name => $Given->{job}, UserID => 1 );
    for my $RoleID ( @{ $Given->{role_ids} } ) {
        $DB->Do( SQL => "DELETE FROM $_ WHERE role_id = ?", Bind => [ \$RoleID ] ) for qw(role_user group_role);
        $DB->Do( SQL => 'DELETE FROM roles WHERE id = ?', Bind => [ \$RoleID ] );
    }
    my %Rows = ( users => 'user_ids', permission_groups => 'group_ids', queue => 'queue_ids' );
    for my $Table ( sort keys %Rows ) {
        for my $ID ( @{ $Given->{ $Rows{$Table} } } ) {
            $DB->Do( SQL => "UPDATE $Table SET valid_id = 2 WHERE id = ?", Bind => [ \$ID ] );
        }
    }
    return 1;
}

sub Article {
    my ($Given) = @_;
    my $Channel = $Given->{channel} || 'Internal';
    return Must 'article', Object('Ticket::Article')->BackendForChannel( ChannelName => $Channel )->ArticleCreate(
        TicketID             => $Given->{ticket_id},
        SenderType           => $Given->{sender_type} || 'agent',
        IsVisibleForCustomer => $Given->{visible} ? 1 : 0,
        From                 => $Given->{from},
        To                   => $Given->{to} || '',
        Subject              => $Given->{subject},
        Body                 => $Given->{body},
        ContentType          => 'text/plain; charset=utf-8',
        HistoryType          => 'AddNote',
        HistoryComment       => 'note',
        UserID               => $Given->{user_id},
        Attachment           => [
            map { { %{$_}, Content => MIME::Base64::decode_base64( $_->{Content} ) } } @{ $Given->{attachments} || [] }
        ],
    );
}

# Feed one mail as Znuny's own fetching does, communication log included.
sub Postmaster {
    my ($Given) = @_;
    my $Log = $Kernel::OM->Create(
        'Kernel::System::CommunicationLog',
        ObjectParams => { Transport => 'Email', Direction => 'Incoming', AccountType => 'STDIN' },
    );
    $Log->ObjectLogStart( ObjectLogType => 'Connection' );
    $Log->ObjectLogStart( ObjectLogType => 'Message' );
    my $Mail = MIME::Base64::decode_base64( $Given->{mail} );
    my @Return = $Kernel::OM->Create(
        'Kernel::System::PostMaster',
        ObjectParams => {
            CommunicationLogObject => $Log, Email => \$Mail, Trusted => $Given->{trusted} ? 1 : 0,
        },
    )->Run( Queue => $Given->{queue} );
    $Log->ObjectLogStop( ObjectLogType => $_, Status => 'Successful' ) for qw(Message Connection);
    $Log->CommunicationStop( Status => 'Successful' );
    return { code => $Return[0], ticket_id => $Return[1] };
}

# Znuny's own MailAccountFetch on one mailbox, once; returns when the mailbox is empty.
sub Fetch {
    my ($Given) = @_;
    my $AccountID = Must 'account', Object('MailAccount')->MailAccountAdd(
        Login => $Given->{login}, Password => $Given->{password}, Host => $Given->{host}, Type => $Given->{type},
        IMAPFolder => 'INBOX', ValidID => 1, Trusted => 0, DispatchingBy => 'Queue',
        QueueID => Queue( $Given->{queue} ), UserID => 1,
    );
    my %Account = Object('MailAccount')->MailAccountGet( ID => $AccountID );
    my $Success = Object('MailAccount')->MailAccountFetch( %Account, Limit => 5000, UserID => 1 );
    Object('MailAccount')->MailAccountDelete( ID => $AccountID );
    return Must 'fetch', $Success;
}

binmode STDIN, ':raw';
binmode STDOUT, ':raw';
local $| = 1;
# Znuny's modules print to standard output now and then; answers go to a handle of their own.
open my $Answers, '>&', \*STDOUT or die;    ## no critic
open STDOUT, '>&', \*STDERR or die;         ## no critic
$Answers->autoflush(1);

while ( my $Line = <STDIN> ) {
    my $Answer;
    {
        local $Kernel::OM = Kernel::System::ObjectManager->new( 'Kernel::System::Log' => { LogPrefix => 'agent' } );
        my $JSON  = $Kernel::OM->Get('Kernel::System::JSON');
        my $Given = $JSON->Decode( Data => $Line );
        my $Code  = $Command{ $Given->{command} };
        my $Value = eval { $Code ? $Code->($Given) : die "no command $Given->{command}\n" };
        my $Error = $@;

        # Znuny runs transaction-mode events when its objects go: only then is the command done.
        eval { $Kernel::OM->Get('Kernel::System::Ticket')->EventHandlerTransaction() };
        $Answer = $JSON->Encode( Data => $Error ? { error => "$Error" } : { value => $Value } );
    }
    utf8::encode($Answer) if utf8::is_utf8($Answer);
    print {$Answers} $Answer, "\n";
}
