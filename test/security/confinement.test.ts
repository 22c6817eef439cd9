/**
 * What the two levels do to a process besides its capabilities, the keyring (T24) among it; and what is left of the monitor's own
 * power.
 */
import { readFileSync } from 'node:fs';
import type { Hardening } from 'tslxc';
import { buildProbe } from '../../scripts/unsafe/probe';
import { readPrivileges } from '../../lib/host/security/privileges';
import { containerTest } from '../support/world/container-test';
import { probeContainer, probeHost } from '../support/probe/probe';
import { hasSysResource } from '../support/process/sys-resource';
import { TestDomain } from '../support/domain/test-domain';

containerTest(
  async () => {
    await buildProbe();
    return {};
  },
  { per: 'file' },
);

const commands = [['status'], ['limits'], ['keyring']];
const probe = (hardening: Hardening, elements = '') =>
  probeContainer({ name: `confined-${hardening}`, hardening, elements, commands });

const extension = (content: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${content}</t:container></metadata>`;

/** A hard limit as far as this process can give it. */
function given(wanted: bigint, name: string): string {
  const own = readPrivileges().hardLimits[name] ?? wanted;
  const value = hasSysResource() || wanted < own ? wanted : own;
  return value === (1n << 64n) - 1n ? 'unlimited' : String(value);
}

test('hardened: a filter, a keyring of its own, limits, and nobody’s signal settings', async () => {
  const report = await probe('hardened');
  expect(report).toMatchObject({
    'status.Seccomp': '2',
    'status.Seccomp_filters': '1',
    'status.NoNewPrivs': '0',
    'status.SigBlk': '0000000000000000',
    'status.SigIgn': '0000000000000000',
    'status.Groups': '',
    securebits: '0',
    dumpable: '1',
    oom_score_adj: '0',
    'keyring.session': 'EPERM',
    'keyring.user': 'EPERM',
    'rlimit.nofile': `1024 ${given(524_288n, 'nofile')}`,
    'rlimit.core': `${given(1n, 'core')} ${given(1n, 'core')}`,
  });
  const memory = given(8_388_608n, 'memlock');
  expect(report['rlimit.memlock']).toBe(`${memory} ${memory}`);
  const { sigpending = 0n } = readPrivileges().hardLimits;
  expect(report['rlimit.sigpending']).toBe(`${sigpending / 2n} ${sigpending / 2n}`);
});

test('compat: none of it, as libvirt leaves it; the keyring is the caller’s', async () => {
  const report = await probe('compat');
  const own = await probeHost([['keyring'], ['limits']]);
  expect(report).toMatchObject({
    'status.Seccomp': '0',
    'status.NoNewPrivs': '0',
    'status.SigBlk': '0000000000000000',
    'status.SigIgn': '0000000000000000',
    oom_score_adj: '0',
    'keyring.session': 'OK',
    'keyring.description': own['keyring.description'],
    'rlimit.core': own['rlimit.core'],
    'rlimit.memlock': own['rlimit.memlock'],
  });
});

test('with the policy deny, no program gains anything', async () => {
  const report = await probeContainer({
    name: 'confined-deny',
    elements: "<features><capabilities policy='deny'/></features>",
    commands,
  });
  expect(report).toMatchObject({ 'status.NoNewPrivs': '1', 'status.Seccomp': '2' });
});

test('limits and no_new_privs of the definition are init’s', async () => {
  const content =
    "<t:no-new-privileges/><t:rlimit name='nproc' soft='77' hard='99'/><t:rlimit name='nofile' soft='256' hard='512'/>";
  expect(await probe('compat', extension(content))).toMatchObject({
    'status.NoNewPrivs': '1',
    'rlimit.nproc': '77 99',
    'rlimit.nofile': '256 512',
  });
});

test('a limit that can’t be given is an error of the start, with its place or its step', async () => {
  // More than fs.nr_open, so that no caller can.
  const limit = "<t:rlimit name='nofile' soft='1' hard='unlimited'/>";
  await expect(probe('hardened', extension(limit))).rejects.toThrow(
    hasSysResource()
      ? /limit resource 7 to 1, at most no limit/
      : /above the caller's own of \d+ \(domain\/metadata.*line \d+, column \d+/,
  );
});

test('the command line of the kernel is in the environment, behind the names', async () => {
  await using container = await TestDomain.make({
    name: 'confined-cmdline',
    init: '/bin/sleep',
    initArguments: ['1000'],
    osElements: '<cmdline>quiet ro</cmdline>',
  });
  await container.domain.start();
  const monitor = container.domain.id ?? 0;
  const [init = ''] = readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').split(' ');
  const environment = readFileSync(`/proc/${init}/environ`, 'utf8').split('\0');
  const at = environment.indexOf('LIBVIRT_LXC_CMDLINE=quiet ro');
  expect(environment[at - 1]).toBe('LIBVIRT_LXC_NAME=confined-cmdline');
});
