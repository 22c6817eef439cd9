/** What the device filter of a container lets through, as the kernel decides it: asked by a process of the host in its cgroups. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import type { MarkedDisk } from '../fake/marked-disk';
import { runProgram } from '../process/run-command';
import { cgroupsOf } from '../world/container-traces';

/** `m`, `r` and `w`: of a process with every capability, in this order. `folder` is where it may make a node. */
export async function deviceAccess(
  name: string,
  disk: MarkedDisk,
  folder: string,
): Promise<string> {
  const { major, minor } = disk.numbers;
  const cgroups = cgroupsOf(name);
  // Of v1 one hierarchy decides.
  const deciding = cgroups.filter((cgroup) => existsSync(join(cgroup, 'devices.list')));
  const entered = deciding.length > 0 ? deciding : cgroups;
  const enter = entered.map((cgroup) => `echo $$ > ${cgroup}/cgroup.procs`);
  const made = join(folder, 'made');
  const script = `
    ${enter.join(' && ')} || exit 1
    mknod ${made} b ${major} ${minor} && echo m
    { true; } < ${disk.path} && echo r
    { true; } >> ${disk.path} && echo w
    rm -f ${made}
    echo over`;
  const { stdout, stderr } = await runProgram(['sh', '-c', script]);
  const words = stdout.trim().split('\n');
  if (words.pop() !== 'over') throw new Error(stderr);
  return words.join('');
}

const xml = (disk: MarkedDisk, target: string, flags = ''): string =>
  `<disk type='block'><source dev='${disk.path}'/><target dev='${target}'/>${flags}</disk>`;
const storage = ({ path }: MarkedDisk): string =>
  `<hostdev mode='capabilities' type='storage'><source><block>${path}</block></source></hostdev>`;

export interface FilterStep {
  readonly verb: 'attach' | 'detach' | 'refused';
  readonly xml: string;
  /** What the definition that runs then allows of each disk. */
  readonly model: readonly [string, string];
}

/** Each change of what a container has of two disks, and what its filter has to say afterwards. */
export function filterSteps(one: MarkedDisk, other: MarkedDisk): readonly FilterStep[] {
  const readOnly = xml(one, 'vda', '<readonly/>');
  return [
    { verb: 'attach', xml: readOnly, model: ['mr', ''] },
    { verb: 'attach', xml: xml(other, 'vdb'), model: ['mr', 'mrw'] },
    // A second name of the same disk adds what it may, and takes that along.
    { verb: 'attach', xml: xml(one, 'vdc'), model: ['mrw', 'mrw'] },
    // The name is taken: nothing is left of it.
    { verb: 'refused', xml: xml(other, 'vda'), model: ['mrw', 'mrw'] },
    { verb: 'detach', xml: xml(one, 'vdc'), model: ['mr', 'mrw'] },
    { verb: 'detach', xml: xml(other, 'vdb'), model: ['mr', ''] },
    { verb: 'attach', xml: storage(other), model: ['mr', 'mrw'] },
    { verb: 'detach', xml: readOnly, model: ['', 'mrw'] },
    { verb: 'detach', xml: storage(other), model: ['', ''] },
  ];
}

/** In words, at which steps the filter of a running container is not as its model. */
export async function filterFaults(
  domain: Domain,
  disks: readonly [MarkedDisk, MarkedDisk],
  folder: string,
): Promise<string[]> {
  const access = (): Promise<string[]> =>
    Promise.all(
      disks.map((disk, index) => deviceAccess(domain.name, disk, join(folder, String(index)))),
    );
  const faults: string[] = [];
  const note = async (step: string, model: readonly string[]): Promise<void> => {
    const found = (await access()).join(', ');
    if (found !== model.join(', ')) faults.push(`${step}: ${found} for ${model.join(', ')}`);
  };
  await note('at first', ['', '']);
  for (const step of filterSteps(...disks)) {
    const change = step.verb === 'detach' ? 'detachDevice' : 'attachDevice';
    const outcome = await domain[change](step.xml).then(
      () => 'done',
      () => 'refused',
    );
    if ((outcome === 'refused') !== (step.verb === 'refused')) {
      faults.push(`${step.verb} ${step.xml}: ${outcome}`);
    }
    await note(`${step.verb} ${step.xml}`, step.model);
  }
  return faults;
}
