# shellcheck shell=dash
# Every result is checked here; what is printed is compared as well.
check() { [ "$1" = "$2" ] || { echo "failed: '$1' is not '$2'"; exit 1; }; }

fib() {
    if [ "$1" -lt 2 ]; then
        result=$1
    else
        fib $(($1 - 1)); set -- "$1" "$result"
        fib $(($1 - 2)); result=$(($2 + result))
    fi
}
fib 14
check "$result" 377

i=0 text=
while [ $i -lt 3000 ]; do
    i=$((i + 1))
    case $((i * 7919 % 13)) in
    [0-3]) text=${text}a ;;
    4 | 5 | 6) text=${text%?}bc ;;
    *) text=${text#a} ;;
    esac
    [ ${#text} -le 60 ] || text=${text##*b}
done
echo "$text"

total=0
while IFS=: read -r name number rest; do
    total=$((total + number))
    echo "$name ${rest:-none}"
done <<'EOF'
one:1:x:y
two:2
three:3:z
EOF
check $total 6

for word in $(echo c a b); do echo "<$word>"; done | sort
check "$(echo one two | { read -r a b; echo "$b $a"; })" "two one"
trap 'echo trapped; caught=1' USR1
kill -USR1 $$
check "$caught" 1
(exit 7); check $? 7
set -- "a b" 'c"d' "$(printf 'e\tf')"
for word; do printf '[%s]\n' "$word"; done
echo * >/dev/null
echo 'done'
