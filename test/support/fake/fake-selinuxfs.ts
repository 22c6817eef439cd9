/** A folder that looks as selinuxfs does, with a policy of a few contexts that answers questions. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { Selinuxfs } from '../../../lib/host/security/selinuxfs';

export interface FakePolicy {
  readonly enforcing?: boolean;
  /** Types that it has, each with its canonical name. */
  readonly types?: Readonly<Record<string, string>>;
  /** `SOURCE TARGET CLASS`, by types: the hexadecimal answer's first word, and the last. */
  readonly allowed?: Readonly<Record<string, string>>;
  readonly permissiveTypes?: readonly string[];
  /** Errno of every question. */
  readonly refuse?: 'EACCES';
}

export interface FakeSelinuxfs extends Selinuxfs, Disposable {
  /** What it was asked: file and question. */
  readonly asked: readonly string[];
}

const numbers = {
  'class/process/index': '2',
  'class/process/perms/transition': '2',
  'class/file/index': '6',
  'class/file/perms/entrypoint': '20',
};

export function fakeSelinuxfs(policy: FakePolicy = {}): FakeSelinuxfs {
  const folder = mkdtempSync('/var/tmp/tslxc-selinuxfs-');
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write('enforce', policy.enforcing === false ? '0' : '1');
  write('initial_contexts/unlabeled', 'system_u:object_r:unlabeled_t:s0\0');
  for (const [name, text] of Object.entries(numbers)) write(name, text);
  const asked: string[] = [];
  const ask = (file: string, question: string): string => {
    asked.push(`${file} ${question}`);
    if (policy.refuse !== undefined) throw nodeError(policy.refuse, join(folder, file));
    if (file === 'context') return canonical(policy, question, join(folder, file));
    return access(policy, question);
  };
  return {
    folder,
    asked,
    ask,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function canonical({ types = {} }: FakePolicy, context: string, path: string): string {
  const [user = '', role = '', type = '', ...range] = context.split(':');
  const known = types[type];
  if (known === undefined) throw nodeError('EINVAL', path);
  return `${[user, role, known, ...range].join(':')}\0`;
}

function access({ allowed = {}, permissiveTypes = [] }: FakePolicy, question: string): string {
  const [source = '', target = '', index = ''] = question.split(' ');
  const [from = '', to = ''] = [source, target].map((context) => context.split(':')[2]);
  const bits = allowed[`${from} ${to} ${index}`] ?? '0';
  const flags = permissiveTypes.includes(from) ? '1' : '0';
  return `${bits} ffffffff 0 ffffffff 17 ${flags}\0`;
}

function nodeError(code: 'EACCES' | 'EINVAL', path: string): Error {
  const errno = -constants.errno[code];
  return Object.assign(new Error(`${code}: write`), { code, errno, syscall: 'write', path });
}
