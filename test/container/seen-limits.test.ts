/** What a program of a container reads as its limits, in the cgroups that it sees. */
import { readFileSync, writeFileSync } from 'node:fs';
import { inside } from '../support/domain/inside';
import { limitPlace } from '../support/domain/limit-table';
import { TestDomain } from '../support/domain/test-domain';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { containerTest } from '../support/world/container-test';
import { hostHas } from '../support/world/host-side';

const name = 'seen';

const world = containerTest(
  async (keep) => {
    const busybox = keep(await makeBusyboxRoot());
    const { domain } = keep(
      await TestDomain.make({
        name,
        elements:
          '<cputune><period>50000</period><quota>100000</quota></cputune>' +
          "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:pids max='100'/>" +
          '</tslxc:container></metadata>',
        filesystems: [{ source: busybox.path, target: '/' }],
      }),
    );
    await domain.start();
    return { domain };
  },
  { per: 'file' },
);

type Controller = Parameters<typeof limitPlace>[1];

const versionOf = (controller: Controller): 'v1' | 'v2' =>
  limitPlace(name, controller)?.version ?? 'v2';

/** A quota that is none, and the period. */
const noTime = { v1: '-1 50000', v2: 'max 50000' };

/** What a program of the container reads of a limit at the root of the hierarchy that it sees. */
async function seenInside(
  controller: Controller,
  names: { readonly v1: readonly string[]; readonly v2: readonly string[] },
): Promise<string> {
  const version = versionOf(controller);
  const folder = version === 'v1' ? `/sys/fs/cgroup/${controller}` : '/sys/fs/cgroup';
  const said = await inside(
    world.domain,
    `cat ${names[version].map((file) => `${folder}/${file}`).join(' ')}`,
  );
  return said.trim().replace(/\n/g, ' ');
}

test('a program of the container reads its limits, also after a change', async () => {
  const { domain } = world;
  const memory = { v1: ['memory.limit_in_bytes'], v2: ['memory.max'] };
  const time = { v1: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'], v2: ['cpu.max'] };
  const processes = { v1: ['pids.max'], v2: ['pids.max'] };
  const seen = async (): Promise<string[]> => [
    await seenInside('memory', memory),
    await seenInside('cpu', time),
    await seenInside('pids', processes),
  ];
  expect(await seen()).toEqual(['104857600', '100000 50000', '100']);
  await domain.setMemory(65_536);
  await domain.setProcessLimit(90);
  // Less time, more, and as much in other numbers.
  for (const [change, said] of [
    [{ quota: 25_000 }, '25000 50000'],
    [{ period: 100_000, quota: 200_000 }, '200000 100000'],
    [{ period: 50_000, quota: 100_000 }, '100000 50000'],
  ] as const) {
    await domain.setCpuTuning(change);
    expect(await seen()).toEqual(['67108864', said, '90']);
  }
  await domain.setCpuTuning({ quota: 'unlimited' });
  await domain.setProcessLimit('unlimited');
  await domain.setMemory(102_400);
  expect(await seen()).toEqual(['104857600', noTime[versionOf('cpu')], 'max']);
});

test('what root inside has made of them keeps no limit from being changed', async () => {
  const place = limitPlace(name, 'memory');
  const isAbove = (): boolean => place !== undefined && place.path !== place.joined;
  // Where a container sees the limits themselves, it has no way to write to them.
  if (!hostHas('limits above what a container sees', isAbove) || place === undefined) return;
  const files = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'];
  // As root inside can, once it has mounted the hierarchy again: less than it is to have, so that more is refused.
  for (const file of files) writeFileSync(`${place.joined}/${file}`, String(64 * 2 ** 20));
  const held = (): string => readFileSync(`${place.path}/${files[0] ?? ''}`, 'latin1').trim();
  await world.domain.setMemory(81_920);
  expect(held()).toBe(String(81_920 * 1024));
  await world.domain.setMemory(102_400);
  expect(held()).toBe(String(102_400 * 1024));
});
