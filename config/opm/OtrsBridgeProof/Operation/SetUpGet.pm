# Tell the bridge's doctor what can't be seen from outside: debug level, screens, the erasing group and job, the daemon.
#
#   POST /BridgeSetUp {"EraseField": ..., "EraseValue": ..., "ErasingQueue": ...}

package Kernel::GenericInterface::Operation::Bridge::SetUpGet;

use strict;
use warnings;
use utf8;

use parent qw(Kernel::GenericInterface::Operation::Bridge::Common);

our $ObjectManagerDisabled = 1;

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

sub Run {
    my ( $Self, %Param ) = @_;
    my ( $Told, $Refusal ) = $Self->Begin( 'SetUpGet', %Param );
    return $Refusal if $Refusal;
    my $Field   = $Param{Data}->{EraseField}   // '';
    my $Value   = $Param{Data}->{EraseValue}   // '';
    my $QueueID = Object('Queue')->QueueLookup( Queue => $Param{Data}->{ErasingQueue} // '' ) || 0;
    my %Queue   = $QueueID ? Object('Queue')->QueueGet( ID => $QueueID ) : ();
    my $Service = Object('GenericInterface::Webservice')->WebserviceGet( ID => $Self->{WebserviceID} );
    my $Config  = $Kernel::OM->Get('Kernel::Config');
    return {
        Success => 1,
        Data    => {
            DebugThreshold => $Service->{Config}->{Debugger}->{DebugThreshold} || 'debug',
            Screens        => [ Screens( $Config, $Field ) ],
            Others         => [ Others( $Queue{GroupID}, $Told->{user_id} ) ],
            FollowUp       => $QueueID ? Object('Queue')->GetFollowUpOption( QueueID => $QueueID ) : '',
            Jobs           => [ Jobs( $Field, $Value, $QueueID ) ],
            DaemonRunning  => Object('Cache')->Get( Type => 'DaemonRunning', Key => $Config->Get('NodeID') || 1 ) ? 1 : 0,
            Product        => $Config->Get('Product') . ' ' . $Config->Get('Version'),
        },
    };
}

# Every screen whose list of dynamic fields has the field switched on.
sub Screens {
    my ( $Config, $Field ) = @_;
    my @Found;
    for my $Key ( sort keys %{$Config} ) {
        next if $Key !~ m{\ATicket::Frontend::}xms || ref $Config->{$Key} ne 'HASH';
        my $Fields = $Config->{$Key}->{DynamicField};
        push @Found, $Key if ref $Fields eq 'HASH' && $Fields->{$Field};
    }
    return @Found;
}

sub Others {
    my ( $GroupID, $UserID ) = @_;
    return if !$GroupID;
    my %Users = Object('Group')->PermissionGroupGet( GroupID => $GroupID, Type => 'ro' );
    delete $Users{$UserID};
    return sort values %Users;
}

# What is wrong with jobs that the field starts; "none" when there is no job at all.
sub Jobs {
    my ( $Field, $Value, $QueueID ) = @_;
    my ( @Wrong, $Sound );
    my %Jobs = Object('GenericAgent')->JobList();
    for my $Name ( sort keys %Jobs ) {
        my %Job    = Object('GenericAgent')->JobGet( Name => $Name );
        my $Starts = grep { $_ eq "TicketDynamicFieldUpdate_$Field" } List( $Job{EventValues} );
        next if !$Starts || !$Job{NewDelete} || !$Job{Valid};
        my @Queues = List( $Job{QueueIDs} );
        my @Values = List( $Job{"Search_DynamicField_$Field"} );
        my $Here   = grep { $_ == $QueueID } @Queues;
        if ( !@Queues ) { push @Wrong, "$Name: no queue" }
        elsif ( !@Values ) { push @Wrong, "$Name: no field" }
        elsif ( $Here && @Queues == 1 && lc $Values[0] eq lc $Value ) { $Sound = 1 }
        elsif ($Here) { push @Wrong, "$Name: @Queues, $Values[0]" }
    }
    return @Wrong ? @Wrong : $Sound ? () : ('none');
}

sub List { my ($Given) = @_; return ref $Given ? @{$Given} : defined $Given && $Given ne '' ? ($Given) : () }

1;
