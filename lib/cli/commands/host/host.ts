/** uri, version, capabilities, hostname and sysinfo: what this command is connected to. */
import { formatOption, showsData } from '../../output/data';
import { release } from 'node:os';
import { withErrorMessage } from '../../shell/command-error';
import { showXml, xpathOptions } from '../../options/xpath-option';
import type { CommandTable } from '../../shell/command';

export const commands: CommandTable = {
  capabilities: {
    group: 'host',
    summary: 'capabilities',
    description:
      'Returns capabilities of the host: its machine, its security module, what it can run.',
    options: xpathOptions,
    example: 'tslxc capabilities',
    async run(context, options): Promise<undefined> {
      showXml(context, options, await (await context.connect()).capabilities());
      return undefined;
    },
  },
  hostname: {
    group: 'host',
    summary: 'print the hypervisor hostname',
    description: 'Print the name of the host, with its domain where the host knows it.',
    options: [formatOption],
    example: 'tslxc hostname',
    async run(context, options): Promise<undefined> {
      const hostname = (await context.connect()).hostname();
      if (!showsData(context.output, options, { hostname })) context.output.line(hostname);
      return undefined;
    },
  },
  sysinfo: {
    group: 'host',
    summary: 'print the hypervisor sysinfo',
    description:
      'Output an XML string for the hypervisor sysinfo, if available: what the firmware tells.',
    options: [],
    example: 'tslxc sysinfo',
    async run(context): Promise<undefined> {
      const connection = await context.connect();
      const xml = await withErrorMessage('failed to get sysinfo', () => connection.sysinfo());
      context.output.text(xml);
      return undefined;
    },
  },
  uri: {
    group: 'host',
    summary: 'print the hypervisor canonical URI',
    description: '',
    options: [formatOption],
    example: 'tslxc uri',
    async run(context, options): Promise<undefined> {
      const { uri } = await context.connect();
      if (!showsData(context.output, options, { uri })) context.output.line(uri);
      return undefined;
    },
  },
  version: {
    group: 'host',
    summary: 'show version',
    description: 'Display the version of the library and of the kernel.',
    options: [
      {
        name: 'daemon',
        kind: 'flag',
        help: 'report daemon version too: that of the library, since there is no daemon',
      },
      formatOption,
    ],
    example: 'tslxc version',
    async run(context, options): Promise<undefined> {
      const { output } = context;
      const version = (await context.connect()).version();
      if (showsData(output, options, version)) return undefined;
      const { library } = version;
      output.line(`Compiled against library: tslxc ${library}`);
      output.line(`Using library: tslxc ${library}`);
      output.line(`Using API: LXC ${library}`);
      output.line(`Running hypervisor: LXC ${kernelNumbers(release())}`);
      if (options.has('daemon')) output.line(`Running against daemon: ${library}`);
      return undefined;
    },
  },
};

/** The numbers of a kernel version, such as `6.12.9` of `6.12.9-amd64`, which libvirt's driver reports. */
function kernelNumbers(text: string): string {
  return /^\d+(\.\d+){0,2}/.exec(text)?.[0] ?? text;
}
