/** A container whose lives are counted: its root and program are as small as can be, and it has no interface but lo. */
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { parseDomain } from '../../../lib/domain/parse';
import { hostFacts } from '../../../lib/host/facts';
import type { ProcFile } from '../../../lib/host/kernel/lxcfs';
import { monitorPath } from '../../../lib/host/package-paths';
import { planCgroups } from '../../../lib/plan/cgroups/cgroups';
import type { Plan } from '../../../lib/plan/plan';
import { startWarnings } from '../../../lib/plan/warnings';
import { domainXml } from '../domain/domain-xml';
import { makeBusyboxRoot } from '../root/busybox-root';
import { makeTestRoot } from '../root/test-root';
import type { Keep } from '../world/frame';
import { differences, expectedCounts } from './expected';
import type { LifeFacts } from './expected';
import { parts, traceLife } from './traced-life';
import type { CountedCall, LifeOptions, TracedLife } from './traced-life';

const name = 'counted';

export class CountedContainer {
  /** tslxc's root. */
  readonly root: string;
  readonly name = name;
  readonly #connection: Connection;

  private constructor(root: string, connection: Connection) {
    this.root = root;
    this.#connection = connection;
  }

  static async make(keep: Keep): Promise<CountedContainer> {
    const root = keep(await makeTestRoot());
    const busybox = keep(await makeBusyboxRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    await connection.defineDomain(
      domainXml({
        name,
        init: '/bin/sleep',
        initArguments: ['100000'],
        filesystems: [{ source: busybox.path, target: '/' }],
        elements: '<features><privnet/></features>',
      }),
    );
    return new CountedContainer(root.path, connection);
  }

  live(options: Omit<LifeOptions, 'root' | 'name'> = {}): Promise<TracedLife> {
    return traceLife({ root: this.root, name, ...options });
  }

  /** What of a life is not as the plan and the machine have it, in words. */
  async differences(life: TracedLife): Promise<string[]> {
    const expected = expectedCounts(await this.#facts(life));
    return parts.flatMap((part) => differences(part, life[part], expected[part]));
  }

  async #facts(life: TracedLife): Promise<LifeFacts> {
    const { arch, cgroups: layout } = hostFacts();
    const domain = await this.#connection.lookupDomainByName(name);
    const refuse = (): never => {
      throw new Error('a stored definition has all that is made up');
    };
    const definition = parseDomain(await domain.xml(), {
      arch,
      emulator: monitorPath,
      newUuid: refuse,
      newMac: refuse,
      portId: refuse,
    });
    const plan = await this.#connection.plan({ name });
    return {
      plan,
      layout,
      cgroups: planCgroups(definition, layout, { root: this.root }),
      missing: life.start.filter(isMissing).length,
      warnings: startWarnings(definition, { procFiles: procFilesOf(plan), label: 'none' }),
      pid: Math.max(...life.start.map(({ pid }) => pid)),
    };
  }
}

/** The files of lxcfs that it mounts. */
function procFilesOf({ inside }: Plan): ProcFile[] {
  return inside.flatMap((one) =>
    one.op === 'attachTree' && one.root === 'proc' ? [{ name: one.path, path: '' }] : [],
  );
}

function isMissing({ process, name: call, text }: CountedCall): boolean {
  return process === 'init' && call === 'openat2' && text.includes(' ENOENT ');
}
