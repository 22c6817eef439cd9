/** The package's units for clients of libvirt: started by their sockets, ended for want of clients, started again, stopped. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { RawClient } from '../support/clients/raw-client';
import { expectShell } from '../support/console/console-answer';
import { domainXml } from '../support/domain/domain-xml';
import { installUnits, property, systemctl } from '../support/machine/systemd';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';

const service = 'tslxcd.service';
const sockets = ['tslxcd.socket', 'tslxcd-ro.socket'] as const;
const path = '/run/tslxc/tslxc-sock';
const readOnlyPath = `${path}-ro`;
const patience = 120_000;

/** The package's own waits two minutes for clients. */
const dropIn = '/run/systemd/system/tslxcd.service.d';
const shortTimeout = `[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=
ExecStart=tslxc daemon --timeout 2
`;

let connection: Connection;
let domain: Domain;

beforeAll(async () => {
  await installUnits();
  mkdirSync(dropIn, { recursive: true });
  writeFileSync(join(dropIn, 'timeout.conf'), shortTimeout);
  await systemctl('daemon-reload');
  connection = await connect('lxc:///', { root: '/' });
  domain = await connection.defineDomain(domainXml({ name: 'served', memory: 65_536 }));
  await systemctl('start', ...sockets);
});

afterAll(async () => {
  await systemctl('stop', ...sockets, service);
  rmSync(dropIn, { recursive: true });
  await systemctl('daemon-reload');
  await domain.destroy().catch(() => undefined);
  await domain.undefine();
  await connection.close();
});

/** What virsh prints with the daemon at a socket; else what it says. */
async function virsh(socket: string, line: string): Promise<string> {
  const argv = ['virsh', '-q', '-c', `lxc+unix:///system?socket=${socket}`, line];
  const env = { LC_ALL: 'C.UTF-8' };
  const { code, stdout, stderr } = await runProgram(argv, { env, timeout: patience });
  return code === 0 ? stdout.trim() : `status ${code}: ${stderr}`;
}

function state(): Promise<string> {
  return property(service, 'ActiveState');
}

/** A client that does nothing but stay, once the service is active, which it is when it has said that it is ready. */
function stayingClient(): Promise<RawClient> {
  return eventually(async () => {
    const client = await RawClient.connect(path);
    try {
      expect(await state()).toBe('active');
      expect(client.isClosed).toBe(false);
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }, 30_000);
}

/** That of the service, while it has a client. */
async function runningPid(): Promise<string> {
  using _client = await stayingClient();
  return await property(service, 'MainPID');
}

function untilEnded(): Promise<void> {
  return eventually(async () => expect(await state()).toBe('inactive'), 30_000);
}

test('the sockets are there before the service, for those who may', async () => {
  const modeOf = (file: string): number => statSync(file).mode & 0o777;
  expect([path, readOnlyPath, dirname(path)].map(modeOf)).toEqual([0o660, 0o666, 0o711]);
  expect(await state()).toBe('inactive');
});

test('the first client starts the service, which ends without clients, and the next one starts it again', async () => {
  expect((await virsh(path, 'list --all --name')).split('\n')).toContain('served');
  const first = await runningPid();
  await untilEnded();
  expect(await property(service, 'Result')).toBe('success');
  expect(await property(service, 'ExecMainStatus')).toBe('0');
  expect(await virsh(path, 'domstate served')).toBe('shut off');
  expect(await runningPid()).not.toBe(first);
});

test('a container that it has started goes on when it is stopped', async () => {
  // It is quiet.
  expect(await virsh(path, 'start served')).toBe('');
  const { id } = domain;
  expect(id).toBeDefined();
  await systemctl('stop', service);
  await untilEnded();
  expect(domain.id).toBe(id);
  await expectShell(domain);
  expect(await virsh(path, 'domid served')).toBe(String(id));
});

test('its hook is told when it starts, is reloaded, and ends for want of clients', async () => {
  const script = '/etc/tslxc/hooks/daemon';
  const calls = '/run/daemon-hook-calls';
  // The one that the test before has started would tell it of its end.
  await untilEnded();
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, `#!/bin/sh\necho "$*" >>${calls}\n`, { mode: 0o755 });
  try {
    {
      using _client = await stayingClient();
      await systemctl('reload', service);
      await eventually(() => expect(readFileSync(calls, 'utf8')).toContain('reload'), 30_000);
    }
    await untilEnded();
    expect(readFileSync(calls, 'utf8').trimEnd().split('\n')).toEqual([
      '- start - start',
      '- reload begin SIGHUP',
      '- shutdown - shutdown',
    ]);
  } finally {
    rmSync(script);
    rmSync(calls, { force: true });
  }
});

test('by the other socket a client may only look', async () => {
  expect(await virsh(readOnlyPath, 'domstate served')).toBe('running');
  expect(await virsh(readOnlyPath, 'destroy served')).toContain('read only access prevents');
  expect(domain.id).toBeDefined();
});

test('the sockets go with their units, and the service with them', async () => {
  using _client = await stayingClient();
  await systemctl('stop', ...sockets);
  expect([path, readOnlyPath].filter((file) => existsSync(file))).toEqual([]);
  await untilEnded();
  await expectShell(domain);
});
