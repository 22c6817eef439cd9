/** suspend, resume, shutdown, reboot, send-process-signal, and the verbs that are refused: what virsh says. */
import { commandsWith, refusedVerbs, verbNames } from '../../../../../lib/cli/shell/verbs';
import { signalNumber } from '../../../../../lib/cli/output/words/signal-names';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

function web(): { domain: FakeConnection['domains'][number]; connection: FakeConnection } {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const [domain] = connection.domains;
  if (domain === undefined) throw new Error('there is one');
  return { domain, connection };
}

test.each([
  ['suspend web', ['suspend'], "Domain 'web' suspended"],
  ['resume web', ['resume'], "Domain 'web' resumed"],
  ['shutdown web', ['shutdown', {}], "Domain 'web' is being shutdown"],
  [
    'shutdown web --mode initctl,signal --timeout 3',
    ['shutdown', { mode: ['initctl', 'signal'], timeout: 3000 }],
    "Domain 'web' is being shutdown",
  ],
  ['reboot web --mode auto', ['reboot', { mode: ['auto'] }], "Domain 'web' is being rebooted"],
])('%s', async (line, call, said) => {
  const { domain, connection } = web();
  const { status, stdout, stderr } = await run(line, { connection });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${said}\n\n`, stderr: '' });
  expect(domain.calls).toContainEqual(call);
});

test.each([
  [
    'shutdown web --mode bogus',
    "error: Unknown mode bogus value, expecting 'acpi', 'agent', 'initctl', 'signal', or 'paravirt'\n",
  ],
  [
    'shutdown nosuch --mode initctl,bogus',
    "error: Unknown mode bogus value, expecting 'acpi', 'agent', 'initctl', 'signal', or 'paravirt'\n",
  ],
  [
    'reboot web --mode bogus',
    "error: Unknown mode bogus value, expecting 'acpi', 'agent', 'initctl', 'signal' or 'paravirt'\n",
  ],
  [
    'shutdown web --mode acpi,agent',
    "error: Failed to shutdown domain 'web'\nerror: unsupported flags (0x3) in function lxcDomainShutdownFlags\n",
  ],
  [
    'reboot web --mode signal,paravirt',
    "error: Failed to reboot domain 'web'\nerror: unsupported flags (0x10) in function lxcDomainReboot\n",
  ],
  [
    'send-process-signal web 0 term',
    'error: pid_value in virDomainSendProcessSignal must not be zero\n',
  ],
  [
    'send-process-signal web 2 term',
    'error: argument unsupported: Only the init process may be killed\n',
  ],
  ['send-process-signal web 1 bogus', 'error: malformed signal name: bogus\n'],
  [
    'send-process-signal web one 15',
    "error: Numeric value 'one' for <pid> option is malformed or out of range\n",
  ],
])('%s is refused', async (line, said) => {
  const { domain, connection } = web();
  const { status, stderr } = await run(line, { connection });
  expect(status).toBe(1);
  expect(stderr).toBe(said);
  expect(domain.calls).toEqual([]);
});

test('a signal goes to init by number or name', async () => {
  const { domain, connection } = web();
  const { status, stdout } = await run('send-process-signal web 1 rtmin+4', { connection });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '\n' });
  expect(domain.calls).toEqual([['sendSignal', 38]]);
});

test.each([
  ['15', 15],
  ['term', 15],
  ['SIGTERM', 15],
  ['sig_kill', 9],
  ['nop', 0],
  ['rtmin', 34],
  ['RT30', 64],
  ['rtmin+31', undefined],
  ['bogus', undefined],
  ['-9', undefined],
])('the signal %s is %s', (word, number) => {
  expect(signalNumber(word)).toBe(number);
});

const noSupport = 'error: this function is not supported by the connection driver: ';

test.each([
  ['snapshot-edit web', '', 'virDomainSnapshotLookupByName'],
  ['domblkinfo web vda', '', 'virDomainGetBlockInfo'],
  ['checkpoint-create-as web one', '', 'virDomainCheckpointCreateXML'],
  ['blockcopy --path vda --domain=web', '', 'virDomainBlockRebase'],
  ['perf --domain web', 'error: Unable to get perf events\n', 'virDomainGetPerfEvents'],
  ['cpu-models x86_64', 'error: failed to get CPU model names\n', 'virConnectGetCPUModelNames'],
  ['maxvcpus', '', 'virConnectGetMaxVcpus'],
  [
    'nodedev-detach computer --driver vfio',
    'error: Failed to detach device computer\n',
    'virNodeDeviceDettach',
  ],
])('%s is refused as by libvirt', async (line, first, call) => {
  const { connection } = web();
  const { status, stdout, stderr } = await run(line, { connection });
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '\n',
    stderr: `${first}${noSupport}${call}\n`,
  });
});

test.each([
  ['save web /tmp/x', "error: Failed to save domain 'web' to /tmp/x\n", 'virDomainSave', 'suspend'],
  [
    'managedsave web',
    "error: Failed to save domain 'web' state\n",
    'virDomainManagedSave',
    'suspend',
  ],
  [
    'restore /tmp/x',
    'error: Failed to restore domain from /tmp/x\n',
    'virDomainRestore',
    'snapshot-revert',
  ],
  ['migrate web lxc://there/', '', 'virDomainMigrate3', 'dumpxml --inactive'],
  ['reset web', "error: Failed to reset domain 'web'\n", 'virDomainReset', 'destroy'],
  [
    'vcpupin web',
    'error: cannot get vcpupin for transient domain\n',
    'virDomainGetMaxVcpus',
    'cpuset',
  ],
  [
    'blkdeviotune web vda',
    'error: Unable to get number of block I/O throttle parameters\n',
    'virDomainGetBlockIoTune',
    'blkiotune',
  ],
])('%s is refused as by libvirt, and the line after that names another way', async (...row) => {
  const [line, first, call, way] = row;
  const { connection } = web();
  const { status, stderr } = await run(line, { connection });
  const [hint = '', ...rest] = stderr.slice(`${first}${noSupport}${call}\n`.length).split('\n');
  expect([status, stderr.startsWith(`${first}${noSupport}${call}\nerror: `), rest]).toEqual([
    1,
    true,
    [''],
  ]);
  expect(hint).toContain(way);
  const help = await run(`help ${line.split(' ')[0] ?? ''}`, { connection });
  expect(help.stdout).toContain(hint.replace('error: ', ''));
});

test.each(refusedVerbs)('%s touches nothing', async (verb) => {
  const { domain, connection } = web();
  connection.nodeDevices.devices = [{ name: 'web', capabilities: ['pci'] }];
  connection.hostInterfaces.interfaces = [{ name: 'web', active: true, operationalState: 'up' }];
  const { status, stderr } = await run([verb, 'web', '--bogus', 'a', 'b'], { connection });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /not supported by the connection driver: vir[A-Z]\w+\n(error: .*\n)?$|^error: (No|no|Failed) .*\n$/,
  );
  expect(domain.calls).toEqual([]);
});

test.each([
  ['snapshot-create', 'domain'],
  ['snapshot-dumpxml web', 'snapshotname'],
  ['nodedev-start', 'device'],
  ['save-image-define a', 'xml'],
])('%s lacks a word', async (line, word) => {
  const { connection } = web();
  expect(await run(line, { connection })).toMatchObject({
    status: 1,
    stdout: '',
    stderr: `error: command '${line.split(' ')[0] ?? ''}' requires <${word}> option\n`,
  });
});

test('a refused verb is told of by help', async () => {
  expect((await run('nodedev-start --help')).stdout).toContain(
    'nodedev-start - refused, as by libvirt',
  );
  expect(commandsWith('nodedev-start')?.['nodedev-start']?.visibility).toBe('unlisted');
});

/** Each option that is refused, of each verb: what virsh says, and of nothing else. */
const refusedOptions: readonly (readonly [line: string, ...said: string[]])[] = [
  [
    'start off --paused',
    "Failed to start domain 'off'",
    'unsupported flags (0x1) in function lxcDomainCreateWithFiles',
  ],
  [
    'start off --reset-nvram',
    "Failed to start domain 'off'",
    'unsupported flags (0x20) in function lxcDomainCreateWithFiles',
  ],
  [
    `create ${__filename} --paused`,
    `Failed to create domain from ${__filename}`,
    'unsupported flags (0x1) in function lxcDomainCreateXMLWithFiles',
  ],
  [
    'destroy web --remove-logs',
    "Failed to destroy domain 'web'",
    'unsupported flags (0x2) in function lxcDomainDestroyFlags',
  ],
  [
    'undefine web --nvram',
    "Failed to undefine domain 'web'",
    'unsupported flags (0x4) in function lxcDomainUndefineFlags',
  ],
  [
    'dommemstat web --period 5',
    'Unable to change balloon collection period.',
    'this function is not supported by the connection driver: virDomainSetMemoryStatsPeriod',
  ],
  [
    'memtune web --min-guarantee 5',
    'Unable to change memory parameters',
    "argument unsupported: parameter 'min_guarantee' not supported",
  ],
  [
    'autostart web --disable --once',
    "Failed to unmark domain 'web' as autostarted on next boot",
    'this function is not supported by the connection driver: virDomainSetAutostartOnce',
  ],
  [
    'setvcpus web 2 --guest',
    'this function is not supported by the connection driver: virDomainSetVcpusFlags',
  ],
];

test.each(refusedOptions)('%s is refused in the words of virsh', async (line, ...said) => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }, { name: 'off' }]);
  expect(await run(line, { connection })).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr: said.map((one) => `error: ${one}\n`).join(''),
  });
  expect(connection.domains.flatMap(({ calls }) => calls)).toEqual([]);
});

test('an option that is refused is so once the domain has been found', async () => {
  const { connection } = web();
  const lines = ['start no --paused', 'undefine no --nvram', 'autostart no --once'];
  for (const line of lines) {
    expect((await run(line, { connection })).stderr).toBe("error: failed to get domain 'no'\n");
  }
});

test('schedinfo has named the scheduler before it refuses an option', async () => {
  const { connection } = web();
  expect(await run('schedinfo web --weight=5', { connection })).toMatchObject({
    status: 1,
    stdout: 'Scheduler      : posix\n\n',
    stderr: 'error: invalid scheduler option: weight\n',
  });
});

test('each option that is to be refused is', async () => {
  const taken: string[] = [];
  for (const verb of verbNames) {
    const { options = [] } = commandsWith(verb)?.[verb] ?? {};
    const words = options.filter(({ positional }) => positional === 'required').map(wordOf);
    for (const { name, kind, refused } of options) {
      if (refused === undefined) continue;
      const connection = new FakeConnection([{ name: 'web' }]);
      const file = verb === 'create' ? [__filename] : [];
      const value = kind === 'flag' ? [] : ['5'];
      const line = [verb, ...words, ...file, `--${name}`, ...value].join(' ');
      const { status, stderr } = await run(line, { connection });
      if (status === 0 || !stderr.includes(refused)) taken.push(`${line}: ${stderr}`);
    }
  }
  expect(taken).toEqual([]);
});

function wordOf({ name, kind }: { readonly name: string; readonly kind: string }): string {
  if (name === 'domain') return 'web';
  return kind === 'number' ? '2' : 'word';
}

test('what virsh drops for a container is dropped here too', async () => {
  const connection = new FakeConnection([{ name: 'web' }]);
  const lines = ['start web --bypass-cache --force-boot', 'undefine web --snapshots-metadata'];
  for (const line of lines) expect((await run(line, { connection })).status).toBe(0);
});
