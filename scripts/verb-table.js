// The table of the command's verbs, read from the sources, since a build could be out of date.
'use strict';
const { loadSources } = require('./load-sources');

/** Where the sources have what the documents are made from. */
const sources = `
  export { commandsWith, verbNames } from './lib/cli/shell/verbs';
  export { groups } from './lib/cli/shell/command';
  export { commandText, usage } from './lib/cli/commands/host/help';
`;

/** The lines of one section of a command's help page, without their indentation. */
function sectionOf(page, title) {
  const [, text = ''] = new RegExp(`^  ${title}\\n((?: {4}.*\\n)*)`, 'm').exec(page) ?? [];
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(4)]));
}

/** How an option is written, from its line of the help page, which ends with what it means. */
function optionOf(line, { help }) {
  const text = line.slice(0, -help.length).trim();
  // Brackets around all of it say that the name may be left out; those inside belong to the value.
  return { text, help };
}

function describeVerb(verb, { commandsWith, commandText }) {
  const command = commandsWith(verb)[verb];
  const page = commandText(verb);
  const lines = sectionOf(page, 'OPTIONS');
  return {
    verb,
    group: command.group,
    visibility: command.visibility ?? 'shown',
    summary: command.summary,
    description: command.description.replaceAll('\n', ' '),
    synopsis: sectionOf(page, 'SYNOPSIS')[0],
    options: command.options.map((option, index) => optionOf(lines[index], option)),
    example: command.example,
    // What is only refused is not to be completed.
    table: command.options.filter(({ refused }) => refused === undefined),
  };
}

/** The options before the verb: `{ text, help }` each, from the usage that the command prints. */
function globalOptions(usage) {
  const [, text] = /\n {2}options:\n([\s\S]*?) {2}commands\b.*:\n/.exec(usage);
  return text.split('\n').flatMap((line) => {
    const [, left, help] = /^ {4,}(\S.*?) {2,}(.*)$/.exec(line) ?? [];
    return left === undefined ? [] : [{ text: left, help }];
  });
}

/** An option before the verb as `{ letter, name, value, help }`, of which it may lack the letter or the name. */
function globalRow({ text, help }) {
  const [, letter] = /^-(\w)\b/.exec(text) ?? [];
  const [, name] = /--([\w-]+)/.exec(text) ?? [];
  return { letter, name, value: /\w=|</.test(text) ? 'required' : 'none', help };
}

/**
 * `{ groups: [{ name, title, verbs }], refused: [verb], options, globalTable }`, all in the order of the command's own help;
 * the options before the verb as text, and as a table.
 */
function readVerbTable() {
  const loaded = loadSources(sources);
  const all = loaded.verbNames.map((verb) => describeVerb(verb, loaded));
  const groups = Object.entries(loaded.groups).map(([name, title]) => ({
    name,
    title,
    verbs: all.filter(({ group, visibility }) => group === name && visibility === 'shown'),
  }));
  const refused = all.filter(({ visibility }) => visibility === 'unlisted').map(({ verb }) => verb);
  const options = globalOptions(loaded.usage());
  const globalTable = options.map(globalRow);
  return { groups, refused, options, globalTable };
}

module.exports = { readVerbTable };
