/** Domain documents for tests: the seed's hello world, with as much more as a test needs. */

export interface FilesystemSource {
  readonly source: string;
  readonly target: string;
  readonly access?: 'read-only' | 'read-write';
}

export interface DomainXmlOptions {
  readonly name?: string;
  readonly uuid?: string;
  /** KiB. */
  readonly memory?: number;
  readonly init?: string;
  readonly initArguments?: readonly string[];
  readonly initEnvironment?: Readonly<Record<string, string>>;
  readonly filesystems?: readonly FilesystemSource[];
  /** Further lines within `<domain>`, as they are. */
  readonly elements?: string;
  /** Further lines within `<os>`, as they are. */
  readonly osElements?: string;
  /** Further lines within `<devices>`, as they are. */
  readonly devices?: string;
}

/** The seed's document, character for character. */
export const helloWorldXml = `<domain type='lxc'>
  <name>helloworld</name>
  <memory>102400</memory>
  <os>
    <type>exe</type>
    <init>/bin/sh</init>
  </os>
  <devices>
    <console type='pty'/>
  </devices>
</domain>
`;

/** The same with more devices, in front of the end of its own. */
export function withDevices(devices: string): string {
  return helloWorldXml.replace('  </devices>\n', `${devices}  </devices>\n`);
}

/** The device that makes a directory of the host the container's root, as the seed writes it. */
export function rootFilesystem(path: string): string {
  const source = `<source dir='${path}'/>`;
  return `<filesystem type='mount'>\n${source}\n<target dir='/'/>\n</filesystem>\n`;
}

export function domainXml(options: DomainXmlOptions = {}): string {
  const { name = 'helloworld', memory = 102400, init = '/bin/sh' } = options;
  const lines = [
    "<domain type='lxc'>",
    `<name>${escape(name)}</name>`,
    options.uuid === undefined ? '' : `<uuid>${options.uuid}</uuid>`,
    `<memory>${memory}</memory>`,
    '<os>',
    '<type>exe</type>',
    `<init>${escape(init)}</init>`,
    ...(options.initArguments ?? []).map((one) => `<initarg>${escape(one)}</initarg>`),
    ...Object.entries(options.initEnvironment ?? {}).map(initEnvironmentXml),
    options.osElements ?? '',
    '</os>',
    options.elements ?? '',
    '<devices>',
    ...(options.filesystems ?? []).map(filesystemXml),
    "<console type='pty'/>",
    options.devices ?? '',
    '</devices>',
    '</domain>',
  ];
  return lines.filter((line) => line !== '').join('\n') + '\n';
}

function filesystemXml({ source, target, access }: FilesystemSource): string {
  return [
    "<filesystem type='mount'>",
    `<source dir='${escape(source)}'/>`,
    `<target dir='${escape(target)}'/>`,
    access === 'read-only' ? '<readonly/>' : '',
    '</filesystem>',
  ].join('');
}

function initEnvironmentXml([name, value]: [string, string]): string {
  return `<initenv name='${escape(name)}'>${escape(value)}</initenv>`;
}

function escape(text: string): string {
  return text.replace(/[&<>'"\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
