/** Looks at what is neither a file nor a folder: a fifo, whose opening waits for a writer, and a terminal, which would become the looker's own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { looksAlone } from '../../lib/container/looks/looks';
import { native } from '../../lib/host/native';
import { lookers } from '../support/process/lookers';
import { runProgram } from '../support/process/run-command';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const what = { step: 'look for data' };

// What this process opens once, for the first looker, is open before the host is looked at.
beforeAll(async () => {
  using looks = looksAlone({ within: 30_000 });
  await looks.mount('/', what);
});

const world = containerTest(async (keep) => {
  const { root, connection } = await rootAndConnection(keep);
  const fifo = join(root.path, 'fifo');
  await runProgram(['mkfifo', '--mode=0755', fifo]);
  return { root, connection, fifo };
});

/** Without a writer, each of these would wait for one. */
test('a fifo is opened without waiting, and nothing of it is read', async () => {
  const { fifo, root } = world;
  using looks = looksAlone({ within: 30_000 });
  expect(await looks.start(fifo, 64, what)).toEqual(Buffer.alloc(0));
  const piece = await looks.pieceInRoot(root.path, { path: 'fifo', from: 0, most: 64 }, what);
  expect([piece.state.kind, piece.bytes]).toEqual(['other', Buffer.alloc(0)]);
  expect(await looks.attribute(fifo, 'user.none', what)).toBeUndefined();
});

test('a terminal that is looked at does not become the controlling terminal of the looker', async () => {
  const { master, slave, path } = native().openPty();
  try {
    using looks = looksAlone({ within: 30_000 });
    expect(await looks.start(path, 64, what)).toEqual(Buffer.alloc(0));
    const [looker = 0, ...others] = lookers();
    expect(others).toEqual([]);
    // After the name: state, parent, group, session, terminal (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${looker}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    expect([fields[3], fields[4]]).toEqual([String(looker), '0']);
  } finally {
    for (const fd of [master, slave]) native().closeDescriptor(fd);
  }
});
