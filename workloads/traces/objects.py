# Objects by name: random visits that change them, every eighth replaces one. Most accesses are to the interpreter's own
# pages; which object comes next cannot be foretold.
state = 12345


def draw(n):
    global state
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 * n // 32768


COUNT = 7000
table = {}
for i in range(COUNT):
    table["key %d" % i] = [i, "payload %d" % i * 40]
for i in range(200000):
    key = "key %d" % draw(COUNT)
    item = table[key]
    item[0] += len(item[1])
    if i % 8 == 0:
        table[key] = [i, "new payload %d" % i * 30]
