/**
 * Every lxc-configuration/NAME.conf, converted on a host that is always the same, is lxc-configuration/NAME.xml, with its
 * warnings in the comment; and that can be defined. UPDATE_GOLDEN=1 rewrites them; read the difference before you commit it.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertConfiguration } from '../../lib/domain/lxc-configuration/convert';
import { documentText, Report, type Warning } from '../../lib/domain/lxc-configuration/report';
import { checkStartable } from '../../lib/domain/validate';
import { loadConfiguration } from '../../lib/driver/import/load-configuration';
import { diskFiles, hostView } from '../support/lxc/host-view';
import { parse } from '../unit/domain/parse-context';

const folder = join(__dirname, 'lxc-configuration');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.conf'))
  .map((file) => file.slice(0, -'.conf'.length));

interface Conversion {
  /** Without the warnings. */
  readonly bare: string;
  readonly warnings: readonly Warning[];
}

async function convert(name: string, text: string): Promise<Conversion> {
  const path = join(folder, `${name}.conf`);
  const report = new Report();
  const configuration = await loadConfiguration({ text, path }, diskFiles, report);
  const { domain: bare } = convertConfiguration(configuration, hostView, report);
  return { bare, warnings: report.warnings(configuration.files) };
}

const textOf = (name: string): string => readFileSync(join(folder, `${name}.conf`), 'utf8');

test('there are at least forty, with keys of LXC 2 and with those of LXC 3 and later', () => {
  const legacy = names.filter((name) => name.startsWith('legacy-'));
  expect(legacy.length).toBeGreaterThanOrEqual(15);
  expect(names.length - legacy.length).toBeGreaterThanOrEqual(25);
});

test.each(names)('%s becomes its golden definition', async (name) => {
  const golden = join(folder, `${name}.xml`);
  const { bare, warnings } = await convert(name, textOf(name));
  const xml = documentText(bare, warnings).replaceAll(`${folder}/`, '');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, xml);
  expect(xml).toBe(readFileSync(golden, 'utf8'));
  checkStartable(parse(xml));
});

/** Lines that ask for what every container has. */
const asIsAnyway = [
  /^lxc\.(arch|pts|pty\.max|autodev|kmsg|stopsignal|signal\.stop|keyring\.session) =/,
  /^lxc\.net(work|\.0)\.type ?= ?empty$/,
  /^lxc\.cgroup2?\.devices\.allow = ([cb] \*:\* m|c (1:\d|5:\d|136:\*) rwm)$/,
  /^lxc\.mount\.entry = (proc proc proc|sysfs sys sysfs|\/dev\/null dev\/null) /,
  /^lxc\.mount\.auto = proc:mixed sys:ro cgroup:mixed$/,
  /^lxc\.hook\.[a-z-]+ = \/usr\/share\/lxcfs\//,
  /^lxc\.cgroup2?\.[a-zA-Z0-9._]+ = (max|-1)$/,
];

/** Further ones that make no difference where they stand. */
const withoutEffect: Readonly<Record<string, readonly string[]>> = {
  // The values of both are the same.
  'both-cgroups': ['lxc.cgroup.memory.limit_in_bytes = 512M', 'lxc.cgroup2.memory.max = 536870912'],
  includes: ['lxc.include ='],
  'kept-capabilities': ['lxc.cap.keep = sys_time none'],
  'legacy-empty-network': ['lxc.network.flags = up'],
  'legacy-init': ['lxc.environment = APP_ENV=production'],
  'legacy-lvm': ['lxc.rootfs.backend = lvm'],
  'legacy-overlayfs': ['lxc.rootfs.options = rw'],
  // All but the name is taken back by a later line.
  'legacy-taken-back': [
    'lxc.utsname = first',
    'lxc.cap.drop = sys_time',
    'lxc.network.type = veth',
    'lxc.network.link = br0',
    'lxc.mount.entry = /srv/a srv/a none bind 0 0',
    'lxc.cgroup.devices.deny = a',
    'lxc.cgroup.devices.allow = c 226:* rwm',
  ],
  macvlans: ['lxc.net.0.hwaddr = xx:xx:xx:xx:xx:xx'],
  // Is open to no container.
  'open-devices': ['lxc.cgroup.devices.deny = c 29:0 rwm'],
  'resource-limits': ['lxc.prlimit.cpu = 5:'],
};

const toldOf = ({ warnings }: Pick<Conversion, 'warnings'>): string =>
  warnings.map(({ message }) => message).join('\n');

/** The lines that make no difference, and that no warning is about. */
async function silentLines(name: string): Promise<string[]> {
  const lines = textOf(name).split('\n');
  const { bare, warnings } = await convert(name, lines.join('\n'));
  const silent: string[] = [];
  for (const [index, line] of lines.entries()) {
    const isTold = warnings.some(
      (one) => one.file.endsWith(`/${name}.conf`) && one.line === index + 1,
    );
    if (!/^\s*[^\s#]/.test(line) || isTold) continue;
    const without = await convert(name, lines.with(index, '').join('\n')).catch(() => undefined);
    // A line may count by what is told of another.
    const isSame = without?.bare === bare && toldOf(without) === toldOf({ warnings });
    if (isSame) silent.push(line.trim());
  }
  // The name of the file is the name of the domain where no line says one.
  const usual = [...asIsAnyway, new RegExp(`^lxc.uts.name = ${name}$`)];
  return silent.filter((line) => !usual.some((pattern) => pattern.test(line)));
}

test.each(names)('%s: no line is lost in silence', async (name) => {
  expect(await silentLines(name)).toEqual(withoutEffect[name] ?? []);
});
