# Erase a ticket that lies in the erasing queue, with its traces in communication log, debugger, mail queue and cache.
#
#   POST /TicketErase/:TicketID {}  ->  {"State": "gone|there", "ArticleIDs": [...], "Left": {table: n}, "Looked": n}
#
# It erases in that queue only, whatever other rights the agent has.

package Kernel::GenericInterface::Operation::Bridge::TicketErase;

use strict;
use warnings;
use utf8;

use parent qw(Kernel::GenericInterface::Operation::Bridge::Common);

our $ObjectManagerDisabled = 1;

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

sub Run {
    my ( $Self, %Param ) = @_;
    my ( $Told, $Refusal ) = $Self->Begin( 'TicketErase', %Param );
    return $Refusal if $Refusal;
    my ($TicketID) = $Self->Numbers( $Param{Data}->{TicketID} );
    return $Self->Refuse( 'TicketErase', 'MissingParameter' ) if !$TicketID;
    my ($Row) = $Self->Rows( 'SELECT queue_id, tn FROM ticket WHERE id = ?', $TicketID );
    my $QueueID = Object('Queue')->QueueLookup( Queue => $Told->{erasing} ) || 0;
    return $Self->Rest( $TicketID, %Param ) if !$Row;
    my $Access = $Row->[0] == $QueueID && Object('Ticket')->TicketPermission(
        Type => 'rw', TicketID => $TicketID, UserID => $Told->{user_id}, LogNo => 1,
    );
    return $Self->Refuse( 'TicketErase', 'AccessDenied' ) if !$Access;

    my @Articles = map { $_->[0] } $Self->Rows( 'SELECT id FROM article WHERE ticket_id = ?', $TicketID );
    my @Communications = $Self->Communications( $TicketID, @Articles );
    $Self->MailQueue( $Row->[1], @Articles );
    Object('Ticket')->TicketDelete( TicketID => $TicketID, UserID => 1 );
    Object('CommunicationLog::DB')->CommunicationDelete( CommunicationID => $_ ) for @Communications;
    $Self->Debugger( $Row->[1], $TicketID );
    $Self->Orphaned( $TicketID, @Articles );
    return $Self->Told( $TicketID, @Articles );
}

# The ticket is gone already: remove what an earlier attempt left of it. Articles that are there belong to another.
sub Rest {
    my ( $Self, $TicketID, %Param ) = @_;
    my @Articles = grep { !$Self->Rows( 'SELECT id FROM article WHERE id = ?', $_ ) }
        $Self->Numbers( $Param{Data}->{ArticleIDs} );
    my @Communications = $Self->Communications( $TicketID, @Articles );
    Object('CommunicationLog::DB')->CommunicationDelete( CommunicationID => $_ ) for @Communications;
    $Self->Do( 'DELETE FROM mail_queue WHERE article_id = ?', $_ ) for @Articles;
    $Self->Orphaned( $TicketID, @Articles );
    return $Self->Told( $TicketID, @Articles );
}

sub Told {
    my ( $Self, $TicketID, @Articles ) = @_;
    Object('Cache')->CleanUp( Type => $_ ) for qw(Article ArticleStorageBase CommunicationLog EmailParser);
    my ( $Left, $Looked ) = $Self->Count( $TicketID, @Articles );
    my $State = $Left->{ticket} ? 'there' : 'gone';
    return { Success => 1, Data => { State => $State, ArticleIDs => \@Articles, Left => $Left, Looked => $Looked } };
}

# The communications in which OTRS itself fetched or sent the articles. One may have carried more mails; the log of
# those goes too: it is a log of transport, and better gone than half kept.
sub Communications {
    my ( $Self, $TicketID, @Articles ) = @_;
    my %Found;
    my $SQL = 'SELECT DISTINCT o.communication_id FROM communication_log_object o'
        . ' JOIN communication_log_obj_lookup l ON l.communication_log_object_id = o.id'
        . ' WHERE l.object_type = ? AND l.object_id = ?';
    $Found{ $_->[0] } = 1 for map { $Self->Rows( $SQL, 'Article', $_ ) } @Articles;
    $Found{ $_->[0] } = 1 for $Self->Rows( $SQL, 'Ticket', $TicketID );
    return sort keys %Found;
}

# Mails that wait to be sent: those of the articles, and notifications to agents, which quote the ticket.
sub MailQueue {
    my ( $Self, $Number, @Articles ) = @_;
    $Self->Do( 'DELETE FROM mail_queue WHERE article_id = ?', $_ ) for @Articles;
    return $Self->Do( 'DELETE FROM mail_queue WHERE raw_message LIKE ?', "%$Number%" );
}

# At debug level error there is nothing; what an earlier level left of this ticket goes, request by request.
sub Debugger {
    my ( $Self, $Number, $TicketID ) = @_;
    my %Entries;
    for my $Like ( "%$Number%", "%'TicketID' => '$TicketID'%", "%'TicketID' => $TicketID%", qq{%"TicketID":"$TicketID"%} ) {
        my $SQL = 'SELECT DISTINCT gi_debugger_entry_id FROM gi_debugger_entry_content WHERE content LIKE ?';
        $Entries{ $_->[0] } = 1 for $Self->Rows( $SQL, $Like );
    }
    for my $ID ( keys %Entries ) {
        $Self->Do( 'DELETE FROM gi_debugger_entry_content WHERE gi_debugger_entry_id = ?', $ID );
        $Self->Do( 'DELETE FROM gi_debugger_entry WHERE id = ?', $ID );
    }
    return;
}

# What TicketDelete knows nothing of, or left when it failed half-way before.
sub Orphaned {
    my ( $Self, $TicketID, @Articles ) = @_;
    for my $ID (@Articles) {
        for my $Table (qw(article_search_index article_data_mime_send_error mention)) {
            $Self->Do( "DELETE FROM $Table WHERE article_id = ?", $ID ) if $Self->Tables()->{$Table}->{article_id};
        }
    }
    for my $Table (qw(mention activity)) {
        $Self->Do( "DELETE FROM $Table WHERE ticket_id = ?", $TicketID ) if $Self->Tables()->{$Table}->{ticket_id};
    }
    return $Self->Do( 'DELETE FROM form_draft WHERE object_type = ? AND object_id = ?', 'Ticket', $TicketID );
}

1;
