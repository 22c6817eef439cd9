// Completion for zsh, as a file `_tslxc` in a folder of $fpath.
'use strict';

/** Inside single quotes, and inside the brackets of _arguments, where a colon and a bracket mean something. */
function described(text) {
  return text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", String.raw`'\''`);
}

/** What completes a value: a list of words, or a function. */
function action(values) {
  if (values === undefined) return ' ';
  if (typeof values !== 'string') return `(${values.join(' ')})`;
  const known = { file: '_files', folder: '_files -/', verb: '_tslxc_verbs' };
  return known[values] ?? `_tslxc_${values.replace('-', '_')}`;
}

function named({ name, letter, kind, help, values, repeatable: asked }) {
  const repeatable = asked || kind === 'strings';
  const value = kind === 'flag' ? '' : `:${name}:${action(values)}`;
  const text = `[${described(help)}]${value}`;
  if (letter === undefined) {
    return `'${repeatable ? '*' : ''}--${name}${kind === 'flag' ? '' : '='}${text}'`;
  }
  if (repeatable) return `'*'{-${letter},--${name}}'${text}'`;
  return `'(-${letter} --${name})'{-${letter},--${name}}'${text}'`;
}

function bare({ name, kind, values, positional }, index) {
  if (kind === 'words') return `'*::${name}:_normal'`;
  const place = kind === 'strings' ? '*' : String(index + 1);
  const optional = positional === 'optional' && kind !== 'strings' ? ':' : '';
  return `'${place}:${optional}${name}:${action(values)}'`;
}

function specification({ verb, table }) {
  const words = table.filter(({ positional }) => positional !== undefined);
  const all = [...table.map(named), ...words.map(bare)];
  const lines = all.map((one) => `                    ${one}`).join(' \\\n');
  if (all.length === 0) return `            ${verb}) _message 'no more arguments' ;;`;
  return `            ${verb})\n                _arguments \\\n${lines}\n                ;;`;
}

function globalOption({ name, letter, value, help }) {
  const content = value === 'required' ? `:${name}:${name === 'root' ? '_files -/' : ' '}` : '';
  const equals = value === 'required' ? '=' : '';
  const text = `[${described(help)}]${content}`;
  if (letter === undefined) return `'--${name}${equals}${text}'`;
  if (name === undefined) return `'-${letter}${text}'`;
  const attached = value === 'required' ? '+' : '';
  return `'(-${letter} --${name})'{-${letter}${attached},--${name}${equals}}'${text}'`;
}

function lister(kind, words) {
  return `_tslxc_${kind.replace('-', '_')}() {
    local -a names
    names=(\${(f)"$(tslxc $_tslxc_where -q ${words} 2>/dev/null)"})
    compadd -a names
}
`;
}

function zshCompletion({ verbs, groups, globals, notice }) {
  const names = verbs.map(({ verb, summary }) => `        '${verb}:${described(summary)}'`);
  return `#compdef tslxc
# ${notice}

${[
  lister('domain', 'list --all --name'),
  lister('active-domain', 'list --name'),
  lister('inactive-domain', 'list --inactive --name'),
  lister('network', 'net-list --all --name'),
  lister('active-network', 'net-list --name'),
  lister('inactive-network', 'net-list --inactive --name'),
  lister('image', 'images --name'),
  lister('nodedev', 'nodedev-list'),
  lister('nwfilter', 'nwfilter-list --name'),
  lister('secret', 'secret-list --uuid'),
  lister('interface', 'iface-list --all --name'),
].join('\n')}
_tslxc_verbs() {
    local -a verbs
    verbs=(
${names.join('\n')}
    )
    _describe -t verbs verb verbs
    [[ $words[1] == help ]] && compadd ${groups.join(' ')}
    return 0
}

_tslxc() {
    local curcontext="$curcontext" state line
    local -a _tslxc_where
    local -A opt_args
    _arguments -C \\
${globals.map((one) => `        ${globalOption(one)} \\`).join('\n')}
        '1:verb:_tslxc_verbs' \\
        '*::argument:->arguments'
    [[ $state == arguments ]] || return
    local key
    for key in -c --connect --root; do
        (( \${+opt_args[$key]} )) && _tslxc_where+=($key \${(Q)opt_args[$key]})
    done
    case $words[1] in
${verbs.map(specification).join('\n')}
    esac
}

_tslxc "$@"
`;
}

module.exports = { zshCompletion };
