// The small faults that can be put into a source, each as what is replaced by what. Not all of them compile.
'use strict';
const { cppTokens, typeScriptTokens } = require('./tokens');

/** Between spaces, so that no bracket of a template and no reference is meant. */
const swaps = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '==': '!=',
  '!=': '==',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&': '|',
  '|': '&',
  '+=': '-=',
  '-=': '+=',
  '|=': '&=',
  '&=': '|=',
};

const words = { true: 'false', false: 'true', break: 'continue', continue: 'break' };
const steps = { '++': '--', '--': '++' };
const opening = '([{';
const closing = ')]}';

/** No statement that does something begins with these, but for what they introduce. */
const keywords = new Set(
  (
    'return const let var auto if for while do switch case default using namespace template class struct enum typedef else ' +
    'static constexpr try catch function import export type interface public private protected friend operator delete new ' +
    'goto break continue async get set declare abstract readonly virtual explicit inline extern'
  ).split(' '),
);

/** The index of the token that closes what the one at `index` opens. */
function closerOf(tokens, index) {
  let depth = 0;
  for (let at = index; at < tokens.length; at += 1) {
    if (opening.includes(tokens[at].text)) depth += 1;
    else if (closing.includes(tokens[at].text)) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** The index of the semicolon of what begins at `index`; -1 when a block or the end of one comes before it. */
function semicolonOf(tokens, index) {
  for (let at = index; at < tokens.length; at += 1) {
    const { text } = tokens[at];
    if (text === ';') return at;
    if (text === '{' || closing.includes(text)) return -1;
    if (opening.includes(text)) at = closerOf(tokens, at);
    if (at === -1) return -1;
  }
  return -1;
}

/** Whether a statement may begin there. */
function isAfterStatement(tokens, index) {
  const before = tokens[index - 1];
  if (before === undefined || ';{}'.includes(before.text) || before.text === 'else') return true;
  if (before.text !== ')') return false;
  for (let at = index - 1, depth = 0; at > 0; at -= 1) {
    if (closing.includes(tokens[at].text)) depth += 1;
    else if (opening.includes(tokens[at].text)) depth -= 1;
    if (depth === 0) return ['if', 'while', 'for'].includes(tokens[at - 1].text);
  }
  return false;
}

/** A call or an assignment: names, then a bracket or `=`. Two words in a row declare something. */
function doesSomething(tokens, index) {
  if (tokens[index].text === 'throw') return true;
  let at = tokens[index].text === 'await' ? index + 1 : index;
  if (tokens[at]?.kind !== 'word' || keywords.has(tokens[at].text)) return false;
  for (at += 1; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at];
    if (text === '(' || /^[+\-*/%&|^]?=$/.test(text)) return true;
    if (text === '[') at = closerOf(tokens, at);
    else if (kind === 'word' ? tokens[at - 1].kind === 'word' : !/^(\.|->|::|\?\.)$/.test(text)) {
      return false;
    }
    if (at === -1) return false;
  }
  return false;
}

function isSpaced(source, { start, end }) {
  return /\s/.test(source[start - 1] ?? '') && /\s/.test(source[end] ?? '');
}

/** One more, and one less; of decimal numbers alone. */
function otherNumbers(text) {
  const [, digits, suffix] = /^(0|[1-9][\d_']*)([a-zA-Z]*)$/.exec(text) ?? [];
  if (digits === undefined) return [];
  const value = BigInt(digits.replace(/[_']/g, ''));
  return [value + 1n, ...(value > 0n ? [value - 1n] : [])].map((other) => `${other}${suffix}`);
}

/** What may stand there instead of a single token. */
function otherTokens(source, token) {
  const { kind, text } = token;
  if (kind === 'number') return otherNumbers(text);
  if (kind === 'word') return Object.hasOwn(words, text) ? [words[text]] : [];
  if (kind === 'sign' && Object.hasOwn(steps, text)) return [steps[text]];
  const isSwapped = kind === 'sign' && Object.hasOwn(swaps, text) && isSpaced(source, token);
  return isSwapped ? [swaps[text]] : [];
}

/** A single `==` or `!=`: to swap that is to negate the whole. */
function isEquality(tokens) {
  const signs = tokens.map(({ text }) => text).filter((text) => /^([!=]==?|&&|\|\|)$/.test(text));
  return signs.length === 1 && signs[0].endsWith('=');
}

/** The other way round, for `if (…)` and `while (…)`. */
function negated(source, tokens, index) {
  if (!['if', 'while'].includes(tokens[index].text) || tokens[index + 1]?.text !== '(') return [];
  const close = closerOf(tokens, index + 1);
  if (close === -1 || isEquality(tokens.slice(index + 2, close))) return [];
  const [start, end] = [tokens[index + 1].start, tokens[close].end];
  return [{ start, end, new: `(!${source.slice(start, end)})` }];
}

/** Never done. It stays where it is, so that what it uses is used. */
function omitted(source, tokens, index) {
  if (!isAfterStatement(tokens, index) || !doesSomething(tokens, index)) return [];
  const semicolon = tokens[index].text === 'throw' ? semicolonOfValue : semicolonOf;
  const last = semicolon(tokens, index);
  if (last === -1) return [];
  const [{ start }, { end }] = [tokens[index], tokens[last]];
  return [{ start, end, new: `{ if (false) ${source.slice(start, end)} }`, note: 'omitted' }];
}

/** Nothing, or zero, or an empty one. */
function emptied(source, tokens, { index, nothing }) {
  if (tokens[index].text !== 'return') return [];
  const [first, last] = [index + 1, semicolonOfValue(tokens, index + 1)];
  if (last <= first) return [];
  const [start, end] = [tokens[first].start, tokens[last - 1].end];
  const isEmpty = ['false', '0', 'nullptr', '{}', 'undefined'].includes(source.slice(start, end));
  return isEmpty ? [] : [{ start, end, new: nothing }];
}

/** As `semicolonOf`, of a value that may have braces. */
function semicolonOfValue(tokens, index) {
  let at = index;
  while (at < tokens.length && tokens[at].text !== ';') {
    if (closing.includes(tokens[at].text)) return -1;
    if (opening.includes(tokens[at].text)) at = closerOf(tokens, at);
    if (at === -1) return -1;
    at += 1;
  }
  return at < tokens.length ? at : -1;
}

function lineOf(source, place) {
  return source.slice(0, place).split('\n').length;
}

/** Each as `line`, `start` and `end`, and what stands there before (`old`) and after (`new`); in the order of the source. */
function mutantsOf(source, language) {
  const isCpp = language === 'C++';
  const tokens = isCpp ? cppTokens(source) : typeScriptTokens(source);
  const nothing = isCpp ? '{}' : 'undefined as never';
  return tokens.flatMap((token, index) => {
    const { start, end } = token;
    const all = [
      ...otherTokens(source, token).map((other) => ({ start, end, new: other })),
      ...negated(source, tokens, index),
      ...omitted(source, tokens, index),
      ...emptied(source, tokens, { index, nothing }),
    ];
    return all.map((one) => ({
      line: lineOf(source, one.start),
      ...one,
      old: source.slice(one.start, one.end),
    }));
  });
}

/** Numbers from 0 to 1, always the same ones for a seed (mulberry32). */
function* randomNumbers(seed) {
  for (let state = seed >>> 0; ;) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** At most `most` of them, by chance, and always the same for a seed; in their order. */
function sample(mutants, { most, seed }) {
  const numbers = randomNumbers(seed);
  return mutants
    .map((mutant, index) => ({ mutant, index, lot: numbers.next().value }))
    .sort((one, other) => one.lot - other.lot)
    .slice(0, most)
    .sort((one, other) => one.index - other.index)
    .map(({ mutant }) => mutant);
}

module.exports = { mutantsOf, sample };
