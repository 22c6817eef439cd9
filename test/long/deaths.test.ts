/**
 * Stage 0, the monitor and init are killed at every system call of a start and a destroy, and all who look after a command
 * at every one of an exec, each in a run of its own.
 * R1 and R2 of the fault model, the whole form. How many points were tried is printed. TSLXC_TEST_SLICE=1/4 tries the
 * second quarter of them, evenly spread.
 */
import { ExecSweep } from '../support/death/exec-sweep';
import { DeathSweep } from '../support/death/sweep';
import { tryAll } from '../support/death/try-all';
import type { DomainXmlOptions } from '../support/domain/domain-xml';
import { containerTest, nothing } from '../support/world/container-test';
import { idMapXml, privateNetworkXml } from '../support/domain/mapped-domain';

const minutes = 60_000;

const [offset = 0, stride = 1] = (process.env['TSLXC_TEST_SLICE'] ?? '0/1').split('/').map(Number);

const forms: Readonly<Record<string, DomainXmlOptions>> = {
  'a container on the host’s root': {},
  'one with ids and a network of its own': { elements: `${idMapXml()}\n${privateNetworkXml}` },
};

/** Who looks after a command reads a file of each process of the host: where there are hundreds, not each of these is tried. */
function strideOfExec(calls: number): number {
  const most = 300;
  return stride * Math.max(1, calls / most);
}

// The package whose monitor is traced has opened it, too.
containerTest(nothing, { except: ['descriptors'] });

test(
  'SIGKILL at every system call of an exec leaves the container as it was, and no other process',
  async () => {
    await using sweep = await ExecSweep.make('deaths-exec');
    const { faults, tried } = await tryAll(sweep, { stride: strideOfExec, offset });
    expect(faults).toEqual([]);
    process.stdout.write(`exec: ${tried} points\n`);
    expect(tried).toBeGreaterThan(150 / stride);
  },
  5 * minutes,
);

test.each(Object.entries(forms))(
  'SIGKILL at every system call of %s leaves all or nothing',
  async (_, options) => {
    await using sweep = await DeathSweep.make({ name: 'deaths-all', ...options });
    const { faults, tried } = await tryAll(sweep, { stride: () => stride, offset });
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(500 / stride);
  },
  9 * minutes,
);
