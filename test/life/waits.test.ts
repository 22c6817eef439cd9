/** Domain.waitFor and `tslxc wait`: ports, output, ends and states of real containers, looked at from outside. */
import { connect } from 'tslxc';
import type { ConsoleWait, Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/time/eventually';
import { helpers, pidsOf } from '../support/domain/exec';
import { containerTest, nothing } from '../support/world/container-test';
import { TestDomain } from '../support/domain/test-domain';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing);

/** A shell that runs a script, in a network of its own. */
function shell(name: string, script: string): Promise<TestDomain> {
  return TestDomain.make({
    name,
    initArguments: ['-c', script],
    elements: '<features><privnet/></features>',
  });
}

const listen = (port: number, family = 'AF_INET6', host = '::'): string =>
  `exec python3 -c 'import socket,time; s=socket.socket(socket.${family}); s.bind(("${host}",${port})); ` +
  `print("bound",flush=True); time.sleep(0.3); s.listen(); print("listens",flush=True); time.sleep(600)'`;

test.each([
  ['AF_INET', '127.0.0.1', 'ipv4'],
  ['AF_INET6', '::', 'ipv6'],
])(
  'a port of %s is waited for until it is listened at, and not only bound',
  async (family, host, expected) => {
    await using container = await shell('wait-port', listen(8123, family, host));
    await container.start();
    const { domain } = container;
    expect(await domain.waitFor({ port: 8123, timeout: 20_000 })).toEqual({
      family: expected,
      address: host,
      port: 8123,
    });
    await domain.waitFor({ console: /listens/, timeout: 5000 });
    await expect(domain.waitFor({ port: 8124, timeout: 150 })).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      message:
        'Timed out during operation: no process in the container listens at port 8124 after 150 ms',
    });
    const shown = expected === 'ipv6' ? '[::]:8123' : '127.0.0.1:8123';
    expect(await container.run('wait', '--port', '8123')).toBe(`${shown}\n`);
  },
);

test('a wait that began before a reboot, and one after it, see what the second life does', async () => {
  await using root = await makeTestRoot();
  const source = join(root.path, 'lives');
  mkdirSync(source);
  const first =
    "echo >/var/tmp/lives/first; trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done";
  await using container = await TestDomain.make({
    name: 'wait-reboot',
    initArguments: ['-c', `[ -e /var/tmp/lives/first ] || { ${first}; }; ${listen(8125)}`],
    filesystems: [{ source, target: '/var/tmp/lives' }],
    elements: '<features><privnet/></features>',
  });
  await container.start();
  const { domain } = container;
  await domain.waitFor({ console: /ready/, timeout: 20_000 });
  const begun = domain.waitFor({ port: 8125, timeout: 20_000 });
  begun.catch(() => undefined);
  await sleep(100);
  expect(await domain.reboot({ timeout: 20_000 })).toMatchObject({ outcome: 'rebooted' });
  const where = { family: 'ipv6', address: '::', port: 8125 };
  expect(await domain.waitFor({ port: 8125, timeout: 20_000 })).toEqual(where);
  expect(await begun).toEqual(where);
});

test('output is found in what was written before, across pieces, and as it comes', async () => {
  const script =
    'echo early bird; printf "split "; sleep 0.3; echo öne; sleep 0.3; echo late; exec sleep 600';
  await using container = await shell('wait-output', script);
  await container.start();
  const { domain } = container;
  const timeout = 10_000;
  const find = (wait: ConsoleWait['console']) => domain.waitFor({ console: wait, timeout });
  const [early, split, late] = await Promise.all([
    find(/^early (\w+)$/m),
    find(/split (ö\w+)/),
    find(/late/g),
  ]);
  expect([early[1], split[1], late[0]]).toEqual(['bird', 'öne', 'late']);
  const again = /split/g;
  again.lastIndex = 1000;
  expect((await find(again))[0]).toBe('split');
  expect(await container.run('wait', '--console', '^l.te$')).toBe('late\n');
});

test('a container that dies ends each wait at once, with the last lines of its console', async () => {
  await using container = await shell(
    'wait-death',
    'echo first; echo "no such file: cfg" >&2; sleep 3; exit 3',
  );
  await container.start();
  const { domain } = container;
  const failed = (before: string) => ({
    code: 'OPERATION_FAILED',
    message: `operation failed: the container ended before ${before} (init exited with 3)`,
    console: ['first', 'no such file: cfg'],
  });
  const began = Date.now();
  await Promise.all([
    expect(domain.waitFor({ state: 'paused' })).rejects.toMatchObject(failed('it was paused')),
    expect(domain.waitFor({ port: 80 })).rejects.toMatchObject(failed('it listened at port 80')),
    expect(domain.waitFor({ console: /ready/ })).rejects.toMatchObject(
      failed('its console showed /ready/'),
    ),
    expect(domain.waitFor({ address: 'ipv4' })).rejects.toMatchObject(
      failed('it had an IPv4 address'),
    ),
    expect(domain.waitFor({ exit: 0 })).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: 'operation failed: init exited with 3, not with 0',
      console: ['first', 'no such file: cfg'],
    }),
    expect(domain.waitFor({ exec: ['false', 'x'] })).rejects.toMatchObject(
      failed("'false x' succeeded in it"),
    ),
    domain.waitFor({ exit: 3 }),
    domain.waitFor({ exit: 'any' }),
    domain.waitFor({ state: 'shutoff' }),
  ]);
  expect(Date.now() - began).toBeLessThan(10_000);
});

test('the command says how a container has died, and has its exit status', async () => {
  await using container = await shell('wait-command', 'echo broken; read line; exit 5');
  await container.start();
  const { domain } = container;
  // From then on its log is open.
  await eventually(async () => expect(await container.run('logs')).toContain('broken'));
  const descriptors = (): number => readdirSync(`/proc/${String(domain.id)}/fd`).length;
  const idle = descriptors();
  const running = Promise.all([
    container.try(['wait', container.name, '--console', 'ready', '--timeout', '30']),
    container.try(['wait', container.name, '--exit', '--timeout', '30']),
  ]);
  // The console of the one, and the end for both.
  await eventually(() => expect(descriptors()).toBe(idle + 3), 20_000);
  await using console = await domain.openConsole();
  console.end('\n');
  const [ready, exit] = await running;
  expect(exit).toMatchObject({ code: 5, stderr: '' });
  expect(ready.code).toBe(1);
  expect(ready.stderr).toBe(
    "error: Failed to wait for domain 'wait-command'\n" +
      'error: operation failed: the container ended before its console showed /ready/mu (init exited with 5)\n' +
      'error: its console ended with:\nerror:   broken\n',
  );
});

test('a state is waited for, whichever process brings it about', async () => {
  await using container = await shell('wait-state', 'exec sleep 600');
  const { domain } = container;
  await expect(domain.waitFor({ state: 'running', timeout: 50 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
  });
  await expect(domain.waitFor({ port: 80 })).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  const [running] = await Promise.all([
    domain.waitFor({ state: 'running' }),
    sleep(100).then(() => container.run('start')),
  ]);
  expect(running).toEqual({ state: 'running', reason: 'booted' });
  const [shutoff] = await Promise.all([
    domain.waitFor({ state: 'shutoff' }),
    sleep(100).then(() => container.run('destroy')),
  ]);
  expect(shutoff).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  expect(await container.run('wait', '--state', 'shutoff')).toBe('shut off (destroyed)\n');
});

test('a command is run until it succeeds, and none is left', async () => {
  await using container = await shell('wait-exec', 'exec sleep 600');
  await container.start();
  const { domain } = container;
  // On the host's own root, where the container sees it.
  const ready = join(container.root, 'ready');
  let isReady = false;
  const waiting = domain
    .waitFor({ exec: ['sh', '-c', `seq 1 50000; exec test -e ${ready}`], timeout: 20_000 })
    .then(() => isReady);
  await sleep(400);
  isReady = true;
  writeFileSync(ready, '');
  expect(await waiting).toBe(true);
  const never = domain.waitFor({ exec: ['sh', '-c', 'sleep 6007 || :'], timeout: 300 });
  await expect(never).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  await expect(domain.waitFor({ exec: ['false'], timeout: 2000 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message:
      "Timed out during operation: 'false' has not succeeded in the container (it exited with 1) after 2000 ms",
  });
  await expect(domain.waitFor({ exec: ['/none'], timeout: 2000 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: expect.stringContaining("cannot find the program '/none'") as string,
  });
  await eventually(() => expect([...pidsOf('sleep', '6007'), ...helpers()]).toEqual([]));
  // What is paused may be resumed.
  await domain.suspend();
  const [, ran] = await Promise.all([
    sleep(300).then(() => domain.resume()),
    container.try(['wait', container.name, '--exec', '--', 'test', '-e', ready]),
  ]);
  expect(ran).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('an abort and a wrong wait are refused', async () => {
  await using container = await shell('wait-wrong', 'exec sleep 600');
  await container.start();
  const { domain } = container;
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  const { signal } = abort;
  await expect(domain.waitFor({ port: 80, signal })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
  for (const wrong of [
    {},
    { port: 0 },
    { port: 70_000 },
    { exit: 256 },
    { state: 'gone' },
    { console: 'text' },
    { exec: [] },
    { exec: 'true' },
    { port: 80, exit: 'any' },
    { port: 80, timeout: -1 },
  ]) {
    await expect(domain.waitFor(wrong as never)).rejects.toMatchObject({ code: 'INVALID_ARG' });
  }
  const empty = { code: 'INVALID_ARG', message: expect.stringContaining('is empty') as string };
  await expect(domain.waitFor({ exec: [] })).rejects.toMatchObject(empty);
  await expect(domain.execDetached([])).rejects.toMatchObject(empty);
});

test('a wait for a transient container that has failed already shows its last words', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const create = (words: string): Promise<Domain> =>
    connection.createDomain(
      domainXml({
        name: 'wait-late',
        initArguments: ['-c', `echo ${words}; exit 3`],
        elements: `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:health port='80'/></tslxc:container></metadata>`,
      }),
    );
  await (await create('earlier')).wait();
  const domain = await create('no such port');
  await domain.wait();
  for (const wanted of [
    { port: 80 },
    { healthy: true },
    { console: /ready/ },
    { exec: ['true'] },
    { state: 'running' },
    { state: 'paused' },
  ] as const) {
    await expect(domain.waitFor(wanted)).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: expect.stringMatching(/ended before .* \(init exited with 3\)/) as unknown,
      domain: 'wait-late',
      console: ['no such port'],
    });
  }
  expect(await domain.waitFor({ state: 'shutoff' })).toMatchObject({ exit: { code: 3 } });
  await expect(domain.waitFor({ exit: 0 })).rejects.toMatchObject({ console: ['no such port'] });
  // Once another has its name, the log is not that of the first.
  await (await create('another')).wait();
  await expect(domain.waitFor({ port: 80 })).rejects.not.toHaveProperty('console', ['another']);
});

test('a wait says the same, whenever it begins, for a container that ends at once', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const domain = await connection.defineDomain(
    domainXml({ name: 'wait-any', initArguments: ['-c', 'echo config missing; exit 1'] }),
  );
  const failed = {
    code: 'OPERATION_FAILED',
    message: expect.stringMatching(/ended before .* \(init exited with 1\)$/) as string,
    console: ['config missing'],
  };
  for (const wait of [{ port: 80 }, { exec: ['false'] }, { console: /ready/ }] as const) {
    // With pauses that lead into each phase of the end.
    for (const pause of [0, 5, 10, 20, 40]) {
      await domain.start();
      await sleep(pause);
      await expect(domain.waitFor(wait)).rejects.toMatchObject(failed);
      await domain.waitFor({ state: 'shutoff' });
    }
  }
  await expect(domain.waitFor({ address: 'ipv4' })).rejects.toMatchObject(failed);
  // What it has put out counts, also when it has ended.
  for (const pause of [0, 10, 40]) {
    await domain.start();
    await sleep(pause);
    expect((await domain.waitFor({ console: /config (\w+)/ }))[1]).toBe('missing');
    await domain.waitFor({ state: 'shutoff' });
  }
});
