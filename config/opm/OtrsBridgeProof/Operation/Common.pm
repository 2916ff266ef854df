# What the operations of OtrsBridgeProof share: who may call them, and counting what is left of a ticket.

package Kernel::GenericInterface::Operation::Bridge::Common;

use strict;
use warnings;
use utf8;

use parent qw(
    Kernel::GenericInterface::Operation::Common
    Kernel::GenericInterface::Operation::Ticket::Common
);

our $ObjectManagerDisabled = 1;

my $Package = 'OtrsBridgeProof';

sub new {
    my ( $Type, %Param ) = @_;
    my $Self = bless {}, $Type;
    for my $Needed (qw(DebuggerObject WebserviceID)) {
        return { Success => 0, ErrorMessage => "Got no $Needed!" } if !$Param{$Needed};
        $Self->{$Needed} = $Param{$Needed};
    }
    return $Self;
}

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

# Return the settings that the package was built with, and a refusal unless the bridge's own agent asks.
sub Begin {
    my ( $Self, $Operation, %Param ) = @_;
    my $Place = $Kernel::OM->Get('Kernel::Config')->Get('Home') . "/var/packagesetup/$Package.json";
    my $Text  = Object('Main')->FileRead( Location => $Place, Mode => 'binmode' );
    my $Told  = $Text ? Object('JSON')->Decode( Data => ${$Text} ) : undef;
    return ( undef, $Self->Refuse( $Operation, 'NotSetUp' ) ) if !$Told;
    my ( $UserID, $UserType ) = $Self->Auth(%Param);
    return ( undef, $Self->Refuse( $Operation, 'AuthFail' ) ) if !$UserID || $UserType ne 'User';
    my $Login = Object('User')->UserLookup( UserID => $UserID, Silent => 1 ) // '';
    return ( undef, $Self->Refuse( $Operation, 'AccessDenied' ) ) if $Login ne $Told->{agent};
    return ( { %{$Told}, user_id => $UserID }, undef );
}

sub Refuse {
    my ( $Self, $Operation, $Code ) = @_;
    return $Self->ReturnError( ErrorCode => "$Operation.$Code", ErrorMessage => "$Operation: $Code" );
}

# Ids from the request: a number or a list of numbers; anything else is left out.
sub Numbers {
    my ( $Self, $Given ) = @_;
    my @Given = ref $Given eq 'ARRAY' ? @{$Given} : defined $Given ? split( m{,}, $Given ) : ();
    return grep {m{\A[0-9]{1,18}\z}xms} @Given;
}

sub Rows {
    my ( $Self, $SQL, @Values ) = @_;
    my @Rows;
    Object('DB')->Prepare( SQL => $SQL, Bind => [ map { my $Value = $_; \$Value } @Values ] ) || die "database\n";
    while ( my @Row = Object('DB')->FetchrowArray() ) { push @Rows, [@Row] }
    return @Rows;
}

sub Do {
    my ( $Self, $SQL, @Values ) = @_;
    return Object('DB')->Do( SQL => $SQL, Bind => [ map { my $Value = $_; \$Value } @Values ] );
}

# Every table with a column ticket_id or article_id, those of other add-ons too: table => column => 1.
sub Tables {
    my ($Self) = @_;
    my %Known = map { lc $_ => 1 } Object('DB')->ListTables();
    my %Found;
    my @Columns = $Self->Rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE lower(column_name) IN ('ticket_id', 'article_id')"
    );
    for my $Row (@Columns) {
        my ( $Table, $Column ) = map {lc} @{$Row};
        $Found{$Table}->{$Column} = 1 if $Known{$Table} && $Table =~ m{\A[a-z0-9_]+\z}xms;
    }
    return \%Found;
}

# Count the rows that name the ticket or one of its articles: place => number, those with none left out. The second
# value is how many places were looked at.
sub Count {
    my ( $Self, $TicketID, @ArticleIDs ) = @_;
    my ( %Left, $Looked );
    my $Note = sub {
        my ( $Place, $SQL, @Values ) = @_;
        $Looked++;
        my ($Row) = $Self->Rows( $SQL, @Values );
        $Left{$Place} += $Row->[0] if $Row && $Row->[0];
        return;
    };
    my $Tables = $Self->Tables();
    $Note->( 'ticket', 'SELECT COUNT(*) FROM ticket WHERE id = ?', $TicketID );
    for my $Table ( sort keys %{$Tables} ) {
        if ( $Tables->{$Table}->{ticket_id} ) {
            $Note->( $Table, "SELECT COUNT(*) FROM $Table WHERE ticket_id = ?", $TicketID );
        }
        elsif ( $Tables->{$Table}->{article_id} ) {
            $Note->( $Table, "SELECT COUNT(*) FROM $Table WHERE article_id = ?", $_ ) for @ArticleIDs;
        }
    }
    my %Objects = ( Ticket => [$TicketID], Article => \@ArticleIDs );
    for my $Type ( sort keys %Objects ) {
        for my $ID ( @{ $Objects{$Type} } ) {
            $Note->(
                'dynamic_field_value',
                'SELECT COUNT(*) FROM dynamic_field_value v JOIN dynamic_field f ON f.id = v.field_id'
                    . ' WHERE f.object_type = ? AND v.object_id = ?', $Type, $ID
            );
            $Note->(
                'communication_log',
                'SELECT COUNT(*) FROM communication_log_obj_lookup WHERE object_type = ? AND object_id = ?', $Type, $ID
            );
        }
    }
    $Note->(
        'link_relation',
        'SELECT COUNT(*) FROM link_relation r JOIN link_object o ON o.id = r.source_object_id OR o.id = r.target_object_id'
            . ' WHERE o.name = ? AND (r.source_key = ? OR r.target_key = ?)', 'Ticket', $TicketID, $TicketID
    );
    $Note->( 'form_draft', 'SELECT COUNT(*) FROM form_draft WHERE object_type = ? AND object_id = ?', 'Ticket', $TicketID );
    return ( \%Left, $Looked );
}

1;
