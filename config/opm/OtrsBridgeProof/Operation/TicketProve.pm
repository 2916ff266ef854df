# Tell whether a ticket is gone from the database, there but hidden from the agent, or readable; count what is left.
#
#   POST /TicketProve/:TicketID {"ArticleIDs": [...]}  ->  {"State": "gone|hidden|readable", "Left": {table: n}, "Looked": n}

package Kernel::GenericInterface::Operation::Bridge::TicketProve;

use strict;
use warnings;
use utf8;

use parent qw(Kernel::GenericInterface::Operation::Bridge::Common);

our $ObjectManagerDisabled = 1;

sub Run {
    my ( $Self, %Param ) = @_;
    my ( $Told, $Refusal ) = $Self->Begin( 'TicketProve', %Param );
    return $Refusal if $Refusal;
    my ($TicketID) = $Self->Numbers( $Param{Data}->{TicketID} );
    return $Self->Refuse( 'TicketProve', 'MissingParameter' ) if !$TicketID;
    my ( $Left, $Looked ) = $Self->Count( $TicketID, $Self->Numbers( $Param{Data}->{ArticleIDs} ) );
    my $State = 'gone';
    if ( $Left->{ticket} ) {
        my $Access = $Kernel::OM->Get('Kernel::System::Ticket')->TicketPermission(
            Type => 'ro', TicketID => $TicketID, UserID => $Told->{user_id}, LogNo => 1,
        );
        $State = $Access ? 'readable' : 'hidden';
    }
    return { Success => 1, Data => { State => $State, Left => $Left, Looked => $Looked } };
}

1;
