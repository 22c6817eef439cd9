/** Ansible's modules for libvirt, of the collection community.libvirt. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { helloWorldXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

const networkXml =
  "<network><name>lab</name><bridge name='lab0'/><ip address='10.66.1.1' netmask='255.255.255.0'/></network>";

/** The tasks of a play, one after the other, each with what has to hold after it. YAML has JSON in it. */
const play = [
  {
    hosts: 'localhost',
    connection: 'local',
    gather_facts: false,
    module_defaults: {
      'community.libvirt.virt': { uri: 'lxc:///' },
      'community.libvirt.virt_net': { uri: 'lxc:///' },
    },
    vars: { ansible_python_interpreter: '/usr/bin/python3' },
    tasks: [
      { 'community.libvirt.virt': { command: 'define', xml: helloWorldXml } },
      { 'community.libvirt.virt': { name: 'helloworld', state: 'running' } },
      { 'community.libvirt.virt': { name: 'helloworld', state: 'running' }, register: 'again' },
      { 'community.libvirt.virt': { command: 'list_vms', state: 'running' }, register: 'all' },
      { 'community.libvirt.virt': { command: 'status', name: 'helloworld' }, register: 'runs' },
      { 'community.libvirt.virt': { command: 'pause', name: 'helloworld' } },
      { 'community.libvirt.virt': { command: 'status', name: 'helloworld' }, register: 'paused' },
      { 'community.libvirt.virt': { command: 'unpause', name: 'helloworld' } },
      { 'community.libvirt.virt': { command: 'info', name: 'helloworld' }, register: 'info' },
      { 'community.libvirt.virt': { name: 'helloworld', autostart: true } },
      { 'community.libvirt.virt': { command: 'get_xml', name: 'helloworld' }, register: 'text' },
      { 'community.libvirt.virt': { name: 'helloworld', state: 'destroyed' } },
      { 'community.libvirt.virt': { command: 'undefine', name: 'helloworld' } },
      { 'community.libvirt.virt': { command: 'list_vms' }, register: 'left' },
      { 'community.libvirt.virt_net': { command: 'define', name: 'lab', xml: networkXml } },
      { 'community.libvirt.virt_net': { name: 'lab', state: 'active' } },
      { 'community.libvirt.virt_net': { command: 'info', name: 'lab' }, register: 'net' },
      { 'community.libvirt.virt_net': { name: 'lab', autostart: true } },
      { 'community.libvirt.virt_net': { name: 'lab', state: 'inactive' } },
      { 'community.libvirt.virt_net': { command: 'undefine', name: 'lab' } },
      { 'community.libvirt.virt_net': { command: 'list_nets' }, register: 'nets' },
      {
        'ansible.builtin.assert': {
          that: [
            'not again.changed',
            "all.list_vms == ['helloworld']",
            "runs.status == 'running'",
            "paused.status == 'paused'",
            "info.helloworld.state == 'running'",
            "'<name>helloworld</name>' in text.get_xml",
            'left.list_vms == []',
            "net.networks.lab.bridge == 'lab0'",
            "net.networks.lab.state == 'active'",
            "'lab' not in nets.list_nets",
          ],
        },
      },
    ],
  },
];

test('domains and networks are what a play says', async () => {
  const { path } = world.root;
  const file = join(path, 'play.yml');
  writeFileSync(file, JSON.stringify(play));
  const { code, stdout, stderr } = await runProgram(['ansible-playbook', file], {
    cwd: path,
    env: {
      ...clientEnvironment,
      HOME: path,
      ANSIBLE_HOME: join(path, 'ansible'),
      ANSIBLE_LOCALHOST_WARNING: 'False',
      ANSIBLE_INVENTORY_UNPARSED_WARNING: 'False',
      ANSIBLE_NOCOLOR: '1',
    },
    timeout: 300_000,
  });
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/failed=0/);
});
