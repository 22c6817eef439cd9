# A script that means no harm.
echo "hello from $(id -un)" >greeting
cat greeting
