/**
 * The words of Docker's and LXC's commands, with those of ours that do the same. The nearest of our verbs by its letters may be
 * another one, which removes something: `rmi` for `rm`. Pure.
 */
import { suggestion } from '../../../suggestion';

/** Verbs of Docker, as of Podman. */
const docker: Readonly<Record<string, string>> = {
  attach: 'console',
  build: 'not there; pull takes what docker save writes',
  commit: 'snapshot-create-as or clone',
  compose: 'not there; a program that uses the library, as those in examples/',
  container: 'list, dominfo and others',
  cp: 'cp(1) in the root directory, or exec with tar',
  diff: 'not there; what is written lies in the upper directory of an overlay',
  events: 'event --all --loop --timestamp',
  export: 'tar(1) of the root directory',
  history: 'skopeo inspect --config',
  image: 'images, pull and rmi',
  info: 'doctor or nodeinfo',
  inspect: 'dominfo, dumpxml or images --format json',
  kill: 'destroy or send-process-signal',
  load: 'pull docker-archive:FILE or oci-archive:FILE',
  login: 'skopeo login',
  logout: 'skopeo logout',
  network: 'net-list, net-define and others',
  pause: 'suspend',
  port: 'dumpxml --xpath //portForward',
  ps: 'list, or list --all',
  push: 'skopeo copy',
  rename: 'domrename',
  restart: 'reboot',
  rm: 'undefine, for what runs destroy before',
  search: 'skopeo list-tags',
  stats: 'top or domstats',
  stop: 'shutdown or destroy',
  system: 'doctor, or rmi; purge removes everything',
  tag: 'pull with another NAME',
  unpause: 'resume',
  update: 'setmem, memtune, schedinfo or pidtune',
};

/** Verbs of LXC and Incus that Docker does not have. */
const lxc: Readonly<Record<string, string>> = {
  cgroup: 'setmem, memtune, schedinfo or pidtune',
  config: 'dumpxml or edit',
  copy: 'clone',
  delete: 'undefine',
  device: 'attach-device or detach-device',
  execute: 'run, or start --foreground',
  file: 'cp(1) in the root directory, or exec with tar',
  freeze: 'suspend',
  init: 'run --print-xml, then define',
  launch: 'run -d',
  ls: 'list',
  monitor: 'event --all --loop',
  profile: 'not there; run --print-xml prints a definition',
  publish: 'snapshot-create-as or clone',
  snapshot: 'snapshot-create-as, snapshot-list and others',
  unfreeze: 'resume',
};

/** What is said of an unknown verb, behind it: what it is called here, or else the nearest of ours; '' when neither is known. */
export function meantVerb(verb: string, shown: readonly string[]): string {
  for (const [owner, table] of Object.entries({ docker, lxc })) {
    const ours = Object.hasOwn(table, verb) ? table[verb] : undefined;
    if (ours !== undefined) return `; ${owner}'s ${verb} is ${ours}: docs/from-${owner}.md`;
  }
  return suggestion(verb, shown);
}
