# What Ruby's binding of libvirt's library, which fog and Vagrant's plugin use, is told of hosts, domains and networks. For each fact a
# line: "ok FACT", or "not ok FACT: what was found instead". The words of the command line are the parts to run; without any, all.
require 'libvirt'

$stdout.sync = true
CONNECTION = Libvirt::open(ENV.fetch('LIBVIRT_DEFAULT_URI'))
ID = '11111111-2222-3333-4444-777777777777'

def fact(what, wanted)
  found = yield
  puts(wanted === found ? "ok #{what}" : "not ok #{what}: #{found.inspect}, and not #{wanted.inspect}")
rescue StandardError => error
  puts "not ok #{what}: #{error.message}"
end

# The code of the error of libvirt's library by which something is refused.
def refused(what, wanted)
  fact("refused: #{what}", wanted) do
    yield
    'nothing'
  rescue Libvirt::Error => error
    error.libvirt_code
  end
end

# What is so after a while.
def soon(what, wanted)
  100.times do
    break if wanted === yield
    sleep 0.1
  end
  fact(what, wanted) { yield }
end

def domain_xml(name, id = nil, devices = '')
  uuid = id ? "<uuid>#{id}</uuid>" : ''
  <<~XML
    <domain type='lxc'><name>#{name}</name>#{uuid}<description>A test</description><memory unit='MiB'>64</memory>
      <os><type>exe</type><init>/bin/sh</init></os><devices><console type='pty'/>#{devices}</devices></domain>
  XML
end

def network_xml(name, bridge)
  "<network><name>#{name}</name><bridge name='#{bridge}'/><ip address='10.67.0.1' netmask='255.255.255.0'/></network>"
end

# The codes of its errors.
code = { no_support: 3, no_domain: 42, no_network: 43, operation_invalid: 55, no_metadata: 80 }

hosts = lambda do
  fact('the type of the driver', 'LXC') { CONNECTION.type }
  fact('its URI', /\Alxc/) { CONNECTION.uri }
  fact('versions', true) { CONNECTION.libversion > 11_000_000 && CONNECTION.version > 0 }
  fact('the host’s name', /./) { CONNECTION.hostname }
  fact('it lives', true) { CONNECTION.alive? }
  fact('it is secure', true) { CONNECTION.secure? }
  fact('it is not encrypted', false) { CONNECTION.encrypted? }
  fact('capabilities', %r{<os_type>exe</os_type>}) { CONNECTION.capabilities }
  fact('processors', true) { CONNECTION.node_get_info.cpus > 0 && CONNECTION.node_get_info.memory > 0 }
  fact('free memory', true) { CONNECTION.node_free_memory > 0 }
  fact('free memory of a node', true) { CONNECTION.node_cells_free_memory(0, 1).first > 0 }
  fact('what the processors do', true) { CONNECTION.node_cpu_stats.key?('user') || CONNECTION.node_cpu_stats.key?('kernel') }
  fact('what the memory holds', true) { CONNECTION.node_memory_stats['total'] > 0 }
  fact('its memory’s parameters', Hash) { CONNECTION.node_memory_parameters }
end

definitions = lambda do
  before = CONNECTION.num_of_defined_domains
  domain = CONNECTION.define_domain_xml(domain_xml('ruby', ID))
  fact('one more is defined', before + 1) { CONNECTION.num_of_defined_domains }
  fact('its name is listed', true) { CONNECTION.list_defined_domains.include?('ruby') }
  fact('it is found by its name', ID) { CONNECTION.lookup_domain_by_name('ruby').uuid }
  fact('it is found by its uuid', 'ruby') { CONNECTION.lookup_domain_by_uuid(ID).name }
  fact('it is among all', true) { CONNECTION.list_all_domains(Libvirt::Connect::LIST_DOMAINS_INACTIVE).map(&:name).include?('ruby') }
  fact('it does not run', [false, true]) { [domain.active?, domain.persistent?] }
  fact('it is shut off', Libvirt::Domain::SHUTOFF) { domain.state.first }
  fact('its text', %r{<name>ruby</name>}) { domain.xml_desc(Libvirt::Domain::XML_INACTIVE) }
  fact('its type', 'exe') { domain.os_type }
  fact('its memory', [65_536, 65_536]) { [domain.max_memory, domain.info.max_mem] }
  fact('its description', 'A test') { domain.metadata(Libvirt::Domain::METADATA_DESCRIPTION) }
  refused('no title', code[:no_metadata]) { domain.metadata(Libvirt::Domain::METADATA_TITLE) }
  domain.metadata = [Libvirt::Domain::METADATA_TITLE, 'A title']
  fact('a title', 'A title') { domain.metadata(Libvirt::Domain::METADATA_TITLE) }
  fact('it does not start by itself', false) { domain.autostart? }
  domain.autostart = true
  fact('it starts by itself', true) { domain.autostart? }
  domain.autostart = false
  domain.memory = [32_768, Libvirt::Domain::AFFECT_CONFIG]
  fact('less memory', 32_768) { domain.info.memory }
  fact('the parameters of its memory', Hash) { domain.memory_parameters(Libvirt::Domain::AFFECT_CONFIG) }
  fact('how its time is given', 'posix') { domain.scheduler_type.first }
  fact('it has no saved image', false) { domain.has_managed_save? }
  fact('it is up to date', false) { domain.updated? }
  refused('its snapshots', code[:no_support]) { domain.num_of_snapshots }
  refused('an end of what does not run', code[:operation_invalid]) { domain.destroy }
  refused('a pause of what does not run', code[:operation_invalid]) { domain.suspend }
  refused('a domain of another name', code[:no_domain]) { CONNECTION.lookup_domain_by_name('no-such') }
  domain.undefine
  refused('it when it is undefined', code[:no_domain]) { CONNECTION.lookup_domain_by_uuid(ID) }
end

running = lambda do
  domain = CONNECTION.create_domain_xml(domain_xml('ruby', ID))
  fact('it runs', [true, false]) { [domain.active?, domain.persistent?] }
  fact('it is found by its id', 'ruby') { CONNECTION.lookup_domain_by_id(domain.id).name }
  fact('ids are listed', true) { CONNECTION.list_domains.include?(domain.id) }
  fact('they are counted', true) { CONNECTION.num_of_domains >= 1 }
  fact('what it is', [Libvirt::Domain::RUNNING, 65_536, 1]) { domain.info.then { |one| [one.state, one.max_mem, one.nr_virt_cpu] } }
  fact('its time', true) { domain.info.cpu_time >= 0 }
  # The binding gives no value by its own method.
  soon('what it uses', true) { domain.memory_stats.any? { |one| one.instance_variable_get(:@val) > 0 } }
  domain.scheduler_parameters = { 'cpu_shares' => 512 }
  fact('its shares', 512) { domain.scheduler_parameters['cpu_shares'] }
  domain.memory_parameters = { 'hard_limit' => 98_304 }
  fact('its limit', 98_304) { domain.memory_parameters['hard_limit'] }
  domain.suspend
  fact('it is paused', Libvirt::Domain::PAUSED) { domain.state.first }
  domain.resume
  fact('it goes on', Libvirt::Domain::RUNNING) { domain.state.first }
  refused('a second one', code[:operation_invalid]) { CONNECTION.create_domain_xml(domain_xml('ruby', ID)) }
  stream = CONNECTION.stream(Libvirt::Stream::NONBLOCK)
  fact('its console', nil) { domain.open_console('console0', stream, 0) }
  stream.abort
  domain.destroy
  refused('it when it has ended', code[:no_domain]) { CONNECTION.lookup_domain_by_name('ruby') }
end

networks = lambda do
  network = CONNECTION.define_network_xml(network_xml('ruby', 'ruby0'))
  fact('its bridge', 'ruby0') { network.bridge_name }
  fact('it is off', [false, true]) { [network.active?, network.persistent?] }
  fact('it is listed', true) { CONNECTION.list_defined_networks.include?('ruby') }
  network.autostart = true
  fact('it starts by itself', true) { network.autostart? }
  refused('an end of what is off', code[:operation_invalid]) { network.destroy }
  host = "<host mac='52:54:00:00:00:07'/>"
  refused('a host without an address', Integer) { network.update(Libvirt::Network::NETWORK_UPDATE_COMMAND_ADD_LAST, Libvirt::Network::NETWORK_SECTION_IP_DHCP_HOST, -1, host, 0) }
  network.undefine
  refused('it when it is undefined', code[:no_network]) { CONNECTION.lookup_network_by_name('ruby') }
end

plugged = lambda do
  network = CONNECTION.create_network_xml(network_xml('ruby', 'ruby0'))
  fact('it is on', [true, false]) { [network.active?, network.persistent?] }
  fact('it is among all', true) { CONNECTION.list_all_networks.map(&:name).include?('ruby') }
  domain = CONNECTION.create_domain_xml(domain_xml('ruby', ID, "<interface type='network'><source network='ruby'/></interface>"))
  device = domain.xml_desc[/<target dev='([^']+)'/, 1]
  fact('what its interface carries', Integer) { domain.ifinfo(device).rx_bytes }
  domain.destroy
  network.destroy
  refused('it when it is off', code[:no_network]) { CONNECTION.lookup_network_by_name('ruby') }
end

parts = { 'hosts' => hosts, 'definitions' => definitions, 'running' => running, 'networks' => networks, 'plugged' => plugged }
(ARGV.empty? ? parts.keys : ARGV).each { |name| parts.fetch(name).call }
CONNECTION.close
puts 'end'
