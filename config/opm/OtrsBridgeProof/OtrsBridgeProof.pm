# Set-up of the package OtrsBridgeProof: adds its operations to the bridge's web service, and takes them out again.

package var::packagesetup::OtrsBridgeProof;

use strict;
use warnings;
use utf8;

our @ObjectDependencies = (
    'Kernel::Config', 'Kernel::System::GenericInterface::Webservice', 'Kernel::System::JSON',
    'Kernel::System::Log', 'Kernel::System::Main',
);

my $Name   = 'OtrsBridgeProof';
my %Routes = (
    TicketErase => '/TicketErase/:TicketID',
    TicketProve => '/TicketProve/:TicketID',
    SetUpGet    => '/BridgeSetUp',
);

sub new { return bless {}, $_[0] }

sub CodeInstall {
    my ($Self) = @_;
    my ( $Found, $Operations ) = Webservice();
    if ( !$Found ) {
        Log('there is no web service of the bridge yet; install or make it, then reinstall this package');
        return 1;
    }
    for my $Operation ( sort keys %Routes ) {
        $Found->{Config}->{Provider}->{Operation}->{$Operation} = {
            Type => "${Operations}::$Operation", Description => $Name, MappingInbound => {}, MappingOutbound => {},
        };
        $Found->{Config}->{Provider}->{Transport}->{Config}->{RouteOperationMapping}->{$Operation}
            = { RequestMethod => ['POST'], Route => $Routes{$Operation} };
    }
    return Update($Found);
}

sub CodeUpgrade   { return $_[0]->CodeInstall() }
sub CodeReinstall { return $_[0]->CodeInstall() }

sub CodeUninstall {
    my ($Self) = @_;
    my ($Found) = Webservice();
    return 1 if !$Found;
    for my $Operation ( sort keys %Routes ) {
        delete $Found->{Config}->{Provider}->{Operation}->{$Operation};
        delete $Found->{Config}->{Provider}->{Transport}->{Config}->{RouteOperationMapping}->{$Operation};
    }
    return Update($Found);
}

sub Webservice {
    my $Place = $Kernel::OM->Get('Kernel::Config')->Get('Home') . "/var/packagesetup/$Name.json";
    my $Text  = $Kernel::OM->Get('Kernel::System::Main')->FileRead( Location => $Place, Mode => 'binmode' )
        || die "$Name: the arguments can't be read\n";
    my $Told  = $Kernel::OM->Get('Kernel::System::JSON')->Decode( Data => ${$Text} );
    my $Found = $Kernel::OM->Get('Kernel::System::GenericInterface::Webservice')
        ->WebserviceGet( Name => $Told->{webservice} );
    return ( $Found && $Found->{ID} ? $Found : undef, $Told->{operations} );
}

sub Update {
    my ($Found) = @_;
    my $Done = $Kernel::OM->Get('Kernel::System::GenericInterface::Webservice')->WebserviceUpdate(
        ID => $Found->{ID}, Name => $Found->{Name}, Config => $Found->{Config}, ValidID => $Found->{ValidID},
        UserID => 1,
    );
    Log('the web service could not be changed') if !$Done;
    return $Done;
}

sub Log {
    my ($Text) = @_;
    $Kernel::OM->Get('Kernel::System::Log')->Log( Priority => 'error', Message => "$Name: $Text" );
    return;
}

1;
