/** Which side a test took that depends on what the host has: a run of the tests tells it at its end, so that a host that takes only the weak ones is seen. */
import { appendFileSync } from 'node:fs';

/** Whether the host has `what`, noted for scripts/test.js. */
export function hostHas(what: string, probe: () => boolean): boolean {
  const has = probe();
  const file = process.env['TSLXC_TEST_SIDES'];
  if (file !== undefined) appendFileSync(file, `${has ? 'has' : 'lacks'} ${what}\n`);
  return has;
}
