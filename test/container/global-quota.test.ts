/** `<global_quota>` beside `<quota>`: the kernel's file has the stricter one. */
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { limitFile } from '../support/domain/limit-table';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const name = 'global-quota';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { connection };
});

/** Microseconds in each period. */
function quota(): number {
  const files = { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' };
  return Number.parseInt(limitFile(name, 'cpu', files), 10);
}

test('the stricter one holds, also when the other is changed', async () => {
  const time = '<period>50000</period><quota>100000</quota>';
  const global = '<global_period>100000</global_period><global_quota>50000</global_quota>';
  const xml = domainXml({ name, elements: `<cputune>${global}${time}</cputune>` });
  const domain = await world.connection.createDomain(xml);
  expect(quota()).toBe(50_000);
  expect(await domain.getCpuTuning()).toMatchObject({ period: 100_000, quota: 50_000 });
  await domain.setCpuTuning({ quota: 'unlimited' });
  expect(quota()).toBe(50_000);
  await domain.setCpuTuning({ quota: 10_000 });
  expect(quota()).toBe(10_000);
  expect(await domain.xml()).toContain('<global_quota>50000</global_quota>');
  await domain.destroy();
});
