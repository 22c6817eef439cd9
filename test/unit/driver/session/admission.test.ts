/** How many containers are started or ended at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Admission, admission } from '../../../../lib/driver/session/admission';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

/** So many that each hold their place for some milliseconds: the most that were inside at once. */
async function mostAtOnce(admission: Admission, count: number): Promise<number> {
  let [inside, most] = [0, 0];
  await Promise.all(
    Array.from({ length: count }, async () => {
      using _place = await admission.enter();
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
    }),
  );
  return most;
}

test('as many as it is wide, in the order of the calls', async () => {
  const admission = new Admission(3);
  expect(await mostAtOnce(admission, 40)).toBe(3);
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      using _place = await admission.enter();
      order.push(index);
      await sleep(1);
    }),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('what waits for something else does not count for long', async () => {
  const admission = new Admission(2);
  const held = [await admission.enter(), (await sleep(5), await admission.enter())];
  let hasEntered = false;
  const third = admission.enter().then((place) => {
    hasEntered = true;
    return place;
  });
  await sleep(100);
  expect(hasEntered).toBe(false);
  const later = [await third, await admission.enter()];
  for (const place of later) place[Symbol.dispose]();
  expect(await mostAtOnce(admission, 10)).toBe(2);
  // Given back late: the places have gone to others, and there are not more of them.
  for (const place of held) place[Symbol.dispose]();
  expect(await mostAtOnce(admission, 10)).toBe(2);
});

test('the place of one that gives up goes to the next', async () => {
  const admission = new Admission(1);
  const first = await admission.enter();
  const gaveUp = new AbortController();
  const second = admission.enter(gaveUp.signal);
  const third = admission.enter();
  gaveUp.abort();
  await expect(second).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  first[Symbol.dispose]();
  using _third = await third;
});

test('a start waits for no end, and an end for no start', async () => {
  const connection = new FakeHost(scratchDirectory()).connect();
  const crowd = async (among: Admission): Promise<Disposable[]> =>
    Promise.all(Array.from({ length: among.width }, () => among.enter()));
  const inOrder: string[] = [];
  const note = (what: string) => () => void inOrder.push(what);
  const ending = await crowd(admission.ends);
  const behind = admission.ends.enter();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  note('started')();
  for (const place of [...ending, await behind]) place[Symbol.dispose]();
  const starting = await crowd(admission.starts);
  await domain.destroy().then(note('ended'));
  expect(inOrder).toEqual(['started', 'ended']);
  for (const place of starting) place[Symbol.dispose]();
  await connection.close();
});
