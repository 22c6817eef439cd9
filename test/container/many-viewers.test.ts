/** As many sessions as may follow a console leave places for everything else, and the next one is refused by what it is. */
import { ConsoleSession } from '../support/console/console-session';
import { TestDomain } from '../support/domain/test-domain';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const script = "trap 'exit 3' TERM; echo begun; while :; do sleep 0.05; done";
  const container = keep(await TestDomain.make({ name: 'viewers', initArguments: ['-c', script] }));
  await container.start();
  return { container };
});

const most = 64;

test('the 65th session on a console is refused as one too many, and verbs and waits work beside the others', async () => {
  const { domain } = world.container;
  await domain.waitFor({ console: /begun/ });
  const sessions: ConsoleSession[] = [];
  for (let count = 0; count < most; count += 1) sessions.push(await ConsoleSession.open(domain));
  try {
    await expect(domain.openConsole()).rejects.toMatchObject({
      code: 'RESOURCE_BUSY',
      message: expect.stringContaining('follow the consoles of domain') as string,
    });
    await domain.sendSignal(0);
    expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
    sessions.pop()?.[Symbol.dispose]();
    sessions.push(await ConsoleSession.open(domain));
    expect(await domain.shutdown({ timeout: 10_000 })).toMatchObject({
      outcome: 'stopped',
      exit: { code: 3 },
    });
  } finally {
    for (const session of sessions) session[Symbol.dispose]();
  }
});
