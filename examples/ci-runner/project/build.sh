# Builds the project: a page of the date and the greeting.
set -eu
mkdir -p dist
{
	echo "built on $(date -u +%Y-%m-%d)"
	cat greeting.txt
} >dist/page.txt
