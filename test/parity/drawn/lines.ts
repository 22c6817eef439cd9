/** Lines for virsh that a seed repeats: those about definitions and running domains, with words and options changed. */
import { Random } from '../../fuzz/xml/random';

/** Of `web`, which runs, and `two`, which does not. A part in braces is drawn from its words, separated by `|`. */
const patterns = [
  'define {@web.xml|@web-larger.xml|@two.xml|@unclosed.xml|@nameless.xml|@typeless.xml|@no-domain.xml|@other-uuid.xml|@other-name.xml|@missing.xml}',
  'dumpxml {DOMAIN} {OPTION|--inactive|--security-info|--update-cpu|--migratable}',
  'dumpxml {DOMAIN} --xpath {//os/init|//name|//devices/console|//nosuch|string(//name)|/domain/@type|[}',
  'dominfo {DOMAIN}',
  'domstate {DOMAIN} {--reason|OPTION}',
  'domid {DOMAIN}',
  'domuuid {DOMAIN}',
  'domname {DOMAIN}',
  'desc {DOMAIN} {OPTION|--title} {OPTION|--config|--live|--current} {|"a title"|text|""|"two words"}',
  'metadata {DOMAIN} {urn:x|urn:y|x} {SCOPE} {|--key x|--key y} {|--set "<a>1</a>"|--set "<a/>"|--set "<a>"|--remove}',
  'memtune {DOMAIN} {|--hard-limit SIZE|--soft-limit SIZE|--swap-hard-limit SIZE|--min-guarantee SIZE|--hard-limit SIZE --soft-limit SIZE} {SCOPE}',
  'blkiotune {DOMAIN} {|--weight NUMBER|--device-weights NUMBER} {SCOPE}',
  'setmem {DOMAIN} SIZE {SCOPE}',
  'setmaxmem {two|nosuch} SIZE {SCOPE}',
  'list {|--all|--inactive|--all --name|--all --uuid|--all --title|--id|--transient|--persistent --all|--all --autostart|--state-running|--state-paused|--all --state-shutoff|--all --with-snapshot|--all --table --name}',
  'autostart {DOMAIN} {|--disable|--once}',
  'domblklist {DOMAIN} {|--inactive|--details}',
  'domiflist {DOMAIN} {|--inactive}',
  'domif-getlink {DOMAIN} {MAC|vnet0|eth0|zz} {|--config}',
  'domif-setlink {two|nosuch} {MAC|zz} {up|down|zz} {|--config}',
  'attach-interface {DOMAIN} {network|bridge|zz} {default|nosuch} --mac MAC --config {|--model e1000|--target v7}',
  'detach-interface {DOMAIN} {network|bridge|zz} {|--mac MAC} --config',
  'attach-device {DOMAIN} {@second.xml|@web.xml|@unclosed.xml|@missing.xml} --config',
  'detach-device {DOMAIN} {@second.xml|@folder.xml|@web.xml|@unclosed.xml} --config',
  'cpu-stats web {--total|--start 0 --total|--start zz|--count zz}',
  'undefine {DOMAIN} {OPTION|--managed-save|--nvram|--keep-nvram|--remove-all-storage}',
  'suspend {DOMAIN}',
  'resume {DOMAIN}',
  'start {DOMAIN} {|--paused|--zz}',
  'send-process-signal web {1|2|zz|-1} {hup|zz|0|SIGHUP|sigusr1|99}',
  'domcontrol {DOMAIN}',
  'ttyconsole {DOMAIN}',
  'domdisplay {DOMAIN}',
  'vcpucount {DOMAIN} {|--maximum --config|--active|--current --live}',
] as const;

const words: Readonly<Record<string, readonly string[]>> = {
  DOMAIN: ['web', 'web', 'two', 'two', '--domain web', 'nosuch', '1000000', '""', 'WEB'],
  SCOPE: ['', '--config', '--live', '--current', '--config --live', '--config --current'],
  SIZE: [
    '64M',
    '96M',
    '100000',
    '1',
    '0',
    '-1',
    'zz',
    '64m',
    '1.5G',
    '1T',
    '65536k',
    '128MiB',
    '""',
    '10KB',
  ],
  NUMBER: ['300', '100', '1000', '0', '5', '-1', 'zz', '100000', '/dev/loop0,300', '""'],
  MAC: ['52:54:00:00:00:02', '52:54:00:00:00:07', '52:54:00:00:00', 'zz'],
  OPTION: ['', '', '', '--zz', '--config', '-v', 'extra'],
};

/** What the groups of lines begin with. */
export const freshLines: readonly string[] = [
  ...['destroy web', 'destroy two', 'undefine web', 'undefine two', 'undefine other'],
  ...['define @web.xml', 'define @two.xml', 'start web'],
];

function drawn(pattern: string, random: Random): string {
  const chosen = pattern.replace(/\{([^{}]*)\}/g, (_whole, list: string) =>
    random.pick(list.split('|')),
  );
  const line = chosen.replace(/\b[A-Z]{3,}\b/g, (word) => {
    const list = words[word];
    return list === undefined ? word : random.pick(list);
  });
  return line.replace(/ +/g, ' ').trim();
}

/** A word less, twice, or at another place: of one line in four. */
function damaged(line: string, random: Random): string {
  const [verb = '', ...others] = line.split(' ');
  if (others.length === 0 || line.includes('"') || random.below(4) > 0) return line;
  const at = random.below(others.length);
  const word = others[at] ?? '';
  const rest = [...others.slice(0, at), ...others.slice(at + 1)];
  const to = random.below(rest.length + 1);
  const ways = [
    rest,
    [...others, word],
    [...rest.slice(0, to), word, ...rest.slice(to)],
    [...others.slice(0, at), `${word}x`, ...others.slice(at + 1)],
  ];
  return [verb, ...random.pick(ways)].join(' ');
}

/** Groups of lines, each for hosts that have had `freshLines`. */
export function drawnLines(groups: number, each: number, seed: number): string[][] {
  const random = new Random(2 * seed + 1);
  return Array.from({ length: groups }, () =>
    Array.from({ length: each }, () => damaged(drawn(random.pick(patterns), random), random)),
  );
}
