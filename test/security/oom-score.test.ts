/**
 * Which processes the kernel kills first when there is no memory left. Run in a machine as well: a monitor's score can be lowered
 * by a caller that has CAP_SYS_RESOURCE, and not every host of tests gives that.
 */
import { readFileSync } from 'node:fs';
import { readPrivileges } from '../../lib/host/security/privileges';
import { containerTest, nothing } from '../support/world/container-test';
import { hasSysResource } from '../support/process/sys-resource';
import { TestDomain } from '../support/domain/test-domain';

containerTest(nothing);

test('the monitor is the last to be killed for memory, and init is as any process', async () => {
  await using container = await TestDomain.make({
    name: 'oom-score',
    init: '/bin/sleep',
    initArguments: ['1000'],
  });
  await container.domain.start();
  const monitor = container.domain.id ?? 0;
  const scoreOf = (pid: string): string =>
    readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();
  const own = readPrivileges().oomScoreAdjust;
  expect(scoreOf(String(monitor))).toBe(hasSysResource() ? '-999' : String(Math.max(own, 0)));
  const [init = ''] = readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').split(' ');
  expect(scoreOf(init)).toBe(hasSysResource() || own <= 0 ? '0' : String(own));
});
