# What libvirt's own compatibility kit asks of drivers for domains and networks, as far as containers have it, by the module that it
# is made with. For each fact a line: "ok FACT", or "not ok FACT: what was found instead".
use strict;
use warnings;
use Sys::Virt;

$| = 1;
my $connection = Sys::Virt->new(uri => 'lxc:///');

sub fact {
  my ($what, $found, $wanted) = @_;
  my $text = defined $found ? "$found" : 'nothing';
  print $text eq "$wanted" ? "ok $what\n" : "not ok $what: $text, and not $wanted\n";
}

# What the kernel adds up later: it counts memory for each processor, and sums that up every two seconds or when it is much.
sub fact_soon {
  my ($what, $look, $wanted) = @_;
  my $found = $look->();
  for (my $again = 0; $again < 100 && $found ne $wanted; $again += 1) {
    select(undef, undef, undef, 0.1);
    $found = $look->();
  }
  fact($what, $found, $wanted);
}

# The code of the error by which something is refused.
sub refused {
  my ($what, $action, $wanted) = @_;
  eval { $action->(); };
  my $error = $@;
  my $found = ref $error && $error->isa('Sys::Virt::Error') ? $error->code : ($error || 'no error');
  fact($what, $found, $wanted);
}

sub domain_xml {
  my ($name, $uuid, $more) = @_;
  my $id = defined $uuid ? "<uuid>$uuid</uuid>" : '';
  return "<domain type='lxc'><name>$name</name>$id<memory unit='MiB'>64</memory><os><type>exe</type><init>/bin/sh</init></os>"
    . "<devices><console type='pty'/>" . ($more // '') . '</devices></domain>';
}

sub network_xml {
  my ($name, $bridge, $uuid) = @_;
  my $id = defined $uuid ? "<uuid>$uuid</uuid>" : '';
  return "<network><name>$name</name>$id<bridge name='$bridge'/><ip address='10.66.0.1' netmask='255.255.255.0'/></network>";
}

sub names {
  return join ' ', sort map { $_->get_name } @_;
}

my $uuid = '11111111-2222-3333-4444-555555555555';
my $other_uuid = '11111111-2222-3333-4444-666666666666';

{
  fact('the type of the driver', $connection->get_type, 'LXC');
  fact('the URI', $connection->get_uri, 'lxc:///');
  fact('the version', join('.', map { $connection->$_ } qw(get_major_version get_minor_version)) =~ /^\d+\.\d+$/ ? 'there' : 'none', 'there');
  fact('capabilities', $connection->get_capabilities =~ m{<os_type>exe</os_type>} ? 'for programs' : 'others', 'for programs');
  fact('processors', $connection->get_node_info->{cpus} > 0 ? 'some' : 'none', 'some');
  fact('memory of the host', $connection->get_node_memory_stats(-1, 0)->{total} > 0 ? 'some' : 'none', 'some');
  fact('it lives', $connection->is_alive, 1);
  my ($cpus, undef, $online) = $connection->get_node_cpu_map;
  fact('processors that are on', $online > 0 && $online <= $cpus ? 'some' : 'none', 'some');
}

{
  my $domain = $connection->create_domain(domain_xml('transient', $uuid));
  fact('a transient domain runs', $domain->is_active, 1);
  fact('a transient domain is not kept', $domain->is_persistent, 0);
  fact('a running domain has an id', $domain->get_id > 0 ? 'one' : 'none', 'one');
  fact('it is found by its id', $connection->get_domain_by_id($domain->get_id)->get_name, 'transient');
  fact('it is found by its uuid', $connection->get_domain_by_uuid($uuid)->get_name, 'transient');
  fact('it is listed', names($connection->list_domains), 'transient');
  refused('a transient domain is started by itself', sub { $domain->set_autostart(1) }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  refused('a transient domain is undefined', sub { $domain->undefine }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  refused('another runs by its name', sub { $connection->create_domain(domain_xml('transient', $other_uuid)) }, Sys::Virt::Error::ERR_OPERATION_FAILED);
  refused('another runs by its uuid', sub { $connection->create_domain(domain_xml('different', $uuid)) }, Sys::Virt::Error::ERR_OPERATION_FAILED);
  refused('it is created once more', sub { $connection->create_domain(domain_xml('transient', $uuid)) }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  $domain->destroy;
  refused('it is gone when it has ended', sub { $connection->get_domain_by_name('transient') }, Sys::Virt::Error::ERR_NO_DOMAIN);
}

{
  my $domain = $connection->create_domain(domain_xml('kept', $uuid));
  fact('one that runs', $domain->is_persistent, 0);
  $connection->define_domain(domain_xml('kept', $uuid));
  fact('becomes one that is kept', $domain->is_persistent, 1);
  $domain->undefine;
  fact('and transient again', join(' ', $domain->is_persistent, $domain->is_active), '0 1');
  $connection->define_domain(domain_xml('kept', $uuid));
  $domain->destroy;
  fact('its definition stays', names($connection->list_defined_domains), 'kept');
  $domain->undefine;
  fact('until it is undefined', names($connection->list_all_domains), '');
}

{
  my $domain = $connection->define_domain(domain_xml('persistent', $uuid));
  fact('a defined domain does not run', join(' ', $domain->is_active, $domain->is_persistent, $domain->get_id), '0 1 -1');
  fact('it is shut off', join(' ', $domain->get_state), join(' ', Sys::Virt::Domain::STATE_SHUTOFF, Sys::Virt::Domain::STATE_SHUTOFF_UNKNOWN));
  fact('it does not start by itself', $domain->get_autostart, 0);
  $domain->set_autostart(1);
  fact('unless it is told to', $domain->get_autostart, 1);
  $domain->set_autostart(0);
  refused('another is defined by its name', sub { $connection->define_domain(domain_xml('persistent', $other_uuid)) }, Sys::Virt::Error::ERR_OPERATION_FAILED);
  refused('another is defined by its uuid', sub { $connection->define_domain(domain_xml('different', $uuid)) }, Sys::Virt::Error::ERR_OPERATION_FAILED);
  $connection->define_domain(domain_xml('persistent', $uuid, "<filesystem type='ram'><source usage='1024'/><target dir='/mnt'/></filesystem>"));
  fact('it is defined anew', $domain->get_xml_description(Sys::Virt::Domain::XML_INACTIVE) =~ /usage='1024'/ ? 'as given' : 'otherwise', 'as given');
  for my $verb (qw(destroy suspend resume shutdown)) {
    refused("what does not run: $verb", sub { $domain->$verb() }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  }
  $domain->create;
  fact('it runs', join(' ', $domain->get_state), join(' ', Sys::Virt::Domain::STATE_RUNNING, Sys::Virt::Domain::STATE_RUNNING_BOOTED));
  refused('what runs is started', sub { $domain->create }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  $domain->suspend;
  fact('it is paused', join(' ', $domain->get_state), join(' ', Sys::Virt::Domain::STATE_PAUSED, Sys::Virt::Domain::STATE_PAUSED_USER));
  fact('what is paused is active', $domain->is_active, 1);
  $domain->resume;
  fact('it goes on', join(' ', $domain->get_state), join(' ', Sys::Virt::Domain::STATE_RUNNING, Sys::Virt::Domain::STATE_RUNNING_UNPAUSED));
  fact('its memory', join(' ', $domain->get_max_memory, $domain->get_info->{maxMem}), '65536 65536');
  fact('its schedule', $domain->get_scheduler_type, 'posix');
  fact('its shares', $domain->get_scheduler_parameters->{cpu_shares} > 0 ? 'some' : 'none', 'some');
  $domain->set_scheduler_parameters({ Sys::Virt::Domain::SCHEDULER_CPU_SHARES() => 512 });
  fact('its shares as they are set', $domain->get_scheduler_parameters->{cpu_shares}, 512);
  fact_soon('what it uses', sub { $domain->memory_stats->{rss} > 0 ? 'some' : 'none' }, 'some');
  fact('a title', do {
    $domain->set_metadata(Sys::Virt::Domain::METADATA_TITLE, 'A title', undef, undef, 0);
    $domain->get_metadata(Sys::Virt::Domain::METADATA_TITLE, undef, 0);
  }, 'A title');
  refused('no description', sub { $domain->get_metadata(Sys::Virt::Domain::METADATA_DESCRIPTION, undef, 0) }, Sys::Virt::Error::ERR_NO_DOMAIN_METADATA);
  refused('it is saved', sub { $domain->managed_save(0) }, Sys::Virt::Error::ERR_NO_SUPPORT);
  refused('its memory is written to a file', sub { $domain->core_dump('/nowhere', 0) }, Sys::Virt::Error::ERR_NO_SUPPORT);
  fact('it has no saved image', $domain->has_managed_save_image, 0);
  refused('its snapshots', sub { $domain->num_of_snapshots }, Sys::Virt::Error::ERR_NO_SUPPORT);
  my @statistics = $connection->get_all_domain_stats(Sys::Virt::Domain::STATS_STATE, undef, 0);
  fact('statistics of all', join(' ', map { $_->{dom}->get_name . '=' . $_->{data}->{'state.state'} } @statistics), 'persistent=1');
  $domain->destroy;
  fact('it was destroyed', join(' ', $domain->get_state), join(' ', Sys::Virt::Domain::STATE_SHUTOFF, Sys::Virt::Domain::STATE_SHUTOFF_DESTROYED));
  $domain->undefine;
  refused('nothing is left', sub { $connection->get_domain_by_uuid($uuid) }, Sys::Virt::Error::ERR_NO_DOMAIN);
}

{
  my $before = names($connection->list_all_networks);
  my $network = $connection->create_network(network_xml('transient', 'kit0', $uuid));
  fact('a transient network is on', join(' ', $network->is_active, $network->is_persistent), '1 0');
  fact('its bridge', $network->get_bridge_name, 'kit0');
  refused('a transient network is started by itself', sub { $network->set_autostart(1) }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  refused('another is on by its name', sub { $connection->create_network(network_xml('transient', 'kit1', $other_uuid)) }, Sys::Virt::Error::ERR_OPERATION_FAILED);
  $network->destroy;
  refused('it is gone when it is off', sub { $connection->get_network_by_name('transient') }, Sys::Virt::Error::ERR_NO_NETWORK);

  $network = $connection->define_network(network_xml('persistent', 'kit0', $uuid));
  fact('a defined network is off', join(' ', $network->is_active, $network->is_persistent, $network->get_autostart), '0 1 0');
  $network->set_autostart(1);
  fact('it starts by itself', $network->get_autostart, 1);
  refused('another is defined by its name', sub { $connection->define_network(network_xml('persistent', 'kit1', $other_uuid)) }, Sys::Virt::Error::ERR_OPERATION_FAILED);
  refused('what is off is destroyed', sub { $network->destroy }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  $network->create;
  refused('what is on is started', sub { $network->create }, Sys::Virt::Error::ERR_OPERATION_INVALID);
  fact('it is found by its uuid', $connection->get_network_by_uuid($uuid)->get_name, 'persistent');
  my $domain = $connection->create_domain(domain_xml('plugged', undef, "<interface type='network'><source network='persistent'/></interface>"));
  my ($interface) = $domain->get_xml_description =~ /<target dev='([^']+)'/;
  fact('what its interface carries', $domain->interface_stats($interface)->{rx_bytes} >= 0 ? 'counted' : 'not', 'counted');
  fact('its ports', scalar(my @ports = $network->list_all_ports), 1);
  $domain->destroy;
  fact('its ports when the container has ended', scalar(my @none = $network->list_all_ports), 0);
  $network->destroy;
  fact('it stays', names($connection->list_all_networks), join(' ', sort('persistent', split / /, $before)));
  $network->undefine;
  fact('until it is undefined', names($connection->list_all_networks), $before);
}
print "end\n";
