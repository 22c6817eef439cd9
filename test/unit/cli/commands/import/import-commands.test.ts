/** domxml-from-native and import: command lines in, words and exit codes out. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../../../../lib/errors';
import type { Imported } from '../../../../../lib/index';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

removeScratchAfterEach();

const text = 'lxc.uts.name = web\n';

function configuration(): string {
  const file = join(scratchDirectory(), 'config');
  writeFileSync(file, text);
  return file;
}

describe('domxml-from-native', () => {
  test('prints the definition alone on stdout, and each warning with its place on stderr', async () => {
    const connection = new FakeConnection();
    connection.converted = {
      ...connection.converted,
      warnings: [
        { file: '/c', line: 7, message: 'lxc.hook.start = /x: no' },
        { file: '/c', message: 'a start refuses the domain' },
      ],
    };
    const path = configuration();
    const ran = await run(['domxml-from-native', 'lxc-tools', path], { connection });
    expect(ran).toMatchObject({
      status: 0,
      stdout: '<domain/>\n\n',
      stderr: 'warning: /c:7: lxc.hook.start = /x: no\nwarning: /c: a start refuses the domain\n',
    });
    expect(connection.calls).toEqual([['domainXmlFromNative', 'lxc-tools', { text, path }]]);
  });

  test('the options have names as in virsh', async () => {
    const path = configuration();
    const words = ['domxml-from-native', '--config', path, '--format', 'lxc-tools'];
    const { connection, status } = await run(words);
    expect(status).toBe(0);
    expect(connection.calls).toEqual([['domainXmlFromNative', 'lxc-tools', { text, path }]]);
  });

  test('what comes from an open descriptor, such as the standard input, has no path', async () => {
    const fd = openSync(configuration(), 'r');
    try {
      const { connection } = await run(['domxml-from-native', 'lxc-tools', `/dev/fd/${fd}`]);
      expect(connection.calls).toEqual([['domainXmlFromNative', 'lxc-tools', { text }]]);
    } finally {
      closeSync(fd);
    }
  });

  test('a file that can not be read is an error', async () => {
    const ran = await run('domxml-from-native lxc-tools /nowhere/config');
    expect(ran).toMatchObject({
      status: 1,
      stderr: "error: Failed to open file '/nowhere/config': No such file or directory\n",
    });
  });

  test('what the library refuses is shown in its words', async () => {
    const connection = new FakeConnection();
    connection.failure = new TslxcError('CONF_SYNTAX', "/c:3: 'lxc.tty' has no '='");
    const ran = await run(['domxml-from-native', 'lxc-tools', configuration()], { connection });
    expect(ran).toMatchObject({
      status: 1,
      stderr: "error: configuration file syntax error: /c:3: 'lxc.tty' has no '='\n",
    });
  });

  test('the format has to be said', async () => {
    const { status, stderr } = await run('domxml-from-native');
    expect([status, stderr]).toEqual([
      1,
      "error: command 'domxml-from-native' requires <format> option\n",
    ]);
  });
});

describe('import', () => {
  const imported = { outcome: 'imported', autostart: 'off' } as const;
  const others: readonly Imported[] = [
    { kind: 'network-filter', name: 'quiet', path: '/l/quiet.xml', ...imported },
    { kind: 'storage-pool', name: 'pool', path: '/l/pool.xml', ...imported, autostart: 'on' },
    {
      ...{ kind: 'storage-pool', name: 'ceph', path: '/l/ceph.xml', ...imported, outcome: 'left' },
      error: new TslxcError('INTERNAL_ERROR', 'missing backend for pool type 8 (rbd)'),
    },
    { kind: 'secret', name: 's1', path: '/l/s1.xml', ...imported, value: 'copied' },
    { kind: 'secret', name: 's2', path: '/l/s2.xml', ...imported, value: 'none' },
  ];

  test('tells what became of each, and fails when one has failed', async () => {
    const connection = new FakeConnection();
    connection.importable = [
      { kind: 'network', name: 'lab', path: '/l/lab.xml', outcome: 'imported', autostart: 'on' },
      { kind: 'domain', name: 'web', path: '/l/web.xml', outcome: 'imported', autostart: 'off' },
      { kind: 'domain', name: 'old', path: '/l/old.xml', outcome: 'exists', autostart: 'on' },
      {
        kind: 'domain',
        name: 'bad',
        path: '/l/bad.xml',
        outcome: 'failed',
        autostart: 'off',
        error: new TslxcError('XML_ERROR', 'no root'),
      },
      ...others,
    ];
    const ran = await run('import --from /l', { connection });
    expect(ran).toMatchObject({
      status: 1,
      stdout: `Network 'lab' imported from /l/lab.xml, and is started with the host; it is off now: 'tslxc net-start lab' starts it
Domain 'web' imported from /l/web.xml; 'tslxc start web' starts it
Domain 'old' is defined already, and left as it is: /l/old.xml
Network filter 'quiet' imported from /l/quiet.xml; it is kept, and not carried out
Storage pool 'pool' imported from /l/pool.xml, and is started with the host; it is off now: 'tslxc pool-start pool' starts it
Storage pool 'ceph' is left to libvirt: /l/ceph.xml
internal error: missing backend for pool type 8 (rbd)
Secret 's1' imported from /l/s1.xml, with its value
Secret 's2' imported from /l/s2.xml, without a value: libvirt has none

`,
      stderr: 'error: Failed to import domain from /l/bad.xml\nerror: XML error: no root\n',
    });
    expect(connection.calls).toEqual([['importLibvirt', { from: '/l' }]]);
  });

  test('with nothing to import it says so, and looks where libvirt has its files', async () => {
    const { status, stdout, connection } = await run('import');
    expect(status).toBe(0);
    expect(stdout).toBe(
      'Nothing to import: libvirt has no domains of LXC, no networks, pools, filters or secrets\n\n',
    );
    expect(connection.calls).toEqual([['importLibvirt', {}]]);
  });

  test('a folder that can not be read is an error', async () => {
    const connection = new FakeConnection();
    connection.failure = new TslxcError('INVALID_ARG', "'/l' is not a folder of libvirt");
    const ran = await run('import --from /l', { connection });
    expect(ran).toMatchObject({
      status: 1,
      stderr:
        "error: Failed to import from /l\nerror: invalid argument: '/l' is not a folder of libvirt\n",
    });
  });
});
