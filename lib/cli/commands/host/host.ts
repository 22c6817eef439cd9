/** uri, version and capabilities: what this command is connected to. */
import { release } from 'node:os';
import type { CommandTable } from '../../shell/command';

export const commands: CommandTable = {
  capabilities: {
    group: 'host',
    summary: 'capabilities',
    description:
      'Returns capabilities of the host: its machine, its security module, what it can run.',
    options: [],
    example: 'tslxc capabilities',
    async run(context): Promise<undefined> {
      context.output.text(await (await context.connect()).capabilities());
      return undefined;
    },
  },
  uri: {
    group: 'host',
    summary: 'print the hypervisor canonical URI',
    description: '',
    options: [],
    example: 'tslxc uri',
    async run(context): Promise<undefined> {
      context.output.line((await context.connect()).uri);
      return undefined;
    },
  },
  version: {
    group: 'host',
    summary: 'show version',
    description: 'Display the version of the library and of the kernel.',
    options: [],
    example: 'tslxc version',
    async run(context): Promise<undefined> {
      const { output } = context;
      const { library } = (await context.connect()).version();
      output.line(`Compiled against library: tslxc ${library}`);
      output.line(`Using library: tslxc ${library}`);
      output.line(`Using API: LXC ${library}`);
      output.line(`Running hypervisor: LXC ${kernelNumbers(release())}`);
      return undefined;
    },
  },
};

/** `6.12.9` of `6.12.9-amd64`, as libvirt's driver reports it. */
function kernelNumbers(text: string): string {
  return /^\d+(\.\d+){0,2}/.exec(text)?.[0] ?? text;
}
