# The project's tests: what was built has the greeting in it.
set -eu
grep -q hello dist/page.txt
echo 'the page has the greeting'
