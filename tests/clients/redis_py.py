"""redis-py against the port, sync and asyncio, over RESP2 and RESP3: redis_py.py PORT"""

import asyncio
import sys
import threading

import redis
import redis.asyncio

PORT = int(sys.argv[1])


def sync(protocol):
    r = redis.Redis(port=PORT, protocol=protocol, decode_responses=True)
    r.flushall()
    assert r.ping() is True
    assert r.set("k", "v") is True and r.get("k") == "v" and r.get("none") is None
    assert r.incr("n", 3) == 3
    assert r.rpush("l", "a", "b", "c") == 3 and r.lrange("l", 0, -1) == ["a", "b", "c"]
    assert r.hset("h", mapping={"f": "1", "g": "2"}) == 2
    assert r.hgetall("h") == {"f": "1", "g": "2"}
    assert r.sadd("s", "x", "y") == 2 and r.smembers("s") == {"x", "y"}
    assert r.zadd("z", {"a": 1.5, "b": 2}) == 2 and r.zscore("z", "a") == 1.5
    assert r.xadd("x", {"f": "v"}, id="1-1") == "1-1"
    assert r.xlen("x") == 1
    assert r.expire("k", 100) and 0 < r.ttl("k") <= 100
    assert r.scan_iter and sorted(r.scan_iter(match="?", count=3)) == sorted(r.keys("?"))

    with r.pipeline(transaction=False) as pipe:
        for _ in range(500):
            pipe.incr("m")
        assert pipe.execute() == list(range(1, 501))

    try:
        r.incr("l")
        raise SystemExit("INCR of a list went through")
    except redis.ResponseError as error:
        assert str(error).startswith("WRONGTYPE"), error

    big = "z" * 5_000_000
    r.set("big", big)
    assert r.get("big") == big

    listener = r.pubsub()
    listener.subscribe("news")
    assert listener.get_message(timeout=5)["type"] == "subscribe"
    assert r.publish("news", "hello") == 1
    message = listener.get_message(timeout=5)
    assert (message["type"], message["channel"], message["data"]) == ("message", "news", "hello")
    listener.close()

    other = threading.Timer(0.1, lambda: r.lpush("queue", "job"))
    other.start()
    assert list(r.blpop(["queue"], timeout=5)) == ["queue", "job"]
    other.join()
    r.close()


# A lock is given back only by who holds it: its token is compared and the key deleted in one step.
RELEASE = """
local lock, token = KEYS[1], ARGV[1]
if redis.call('GET', lock) ~= token then
  return 0
end
return redis.call('DEL', lock)
"""


async def releases_a_lock(r):
    release = r.register_script(RELEASE)
    assert await r.set("lock", "owner", nx=True, px=60_000)
    assert await r.set("lock", "stranger", nx=True, px=60_000) is None
    assert await release(keys=["lock"], args=["stranger"]) == 0
    assert await r.get("lock") == "owner"
    assert await release(keys=["lock"], args=["owner"]) == 1
    assert await r.exists("lock") == 0

    # It is sent by its hash. Once the server has forgotten it, the client hears so and loads it again.
    assert await r.script_exists(release.sha) == [True]
    assert await r.script_flush()
    assert await r.script_exists(release.sha) == [False]
    try:
        await r.evalsha(release.sha, 1, "lock", "owner")
        raise SystemExit("a script that was forgotten ran")
    except redis.exceptions.NoScriptError:
        pass
    await r.set("lock", "owner")
    assert await release(keys=["lock"], args=["owner"]) == 1
    assert await r.script_exists(release.sha) == [True]

    # Once in a pipeline too, which loads its scripts before it runs.
    await r.script_flush()
    await r.set("lock", "owner")
    async with r.pipeline(transaction=True) as pipe:
        await release(keys=["lock"], args=["stranger"], client=pipe)
        await release(keys=["lock"], args=["owner"], client=pipe)
        assert await pipe.execute() == [0, 1]


async def asynchronous(protocol):
    r = redis.asyncio.Redis(port=PORT, protocol=protocol, decode_responses=True)
    await r.flushall()
    assert await r.ping()
    values = await asyncio.gather(*(r.incr("n") for _ in range(50)))
    assert sorted(values) == list(range(1, 51))
    waiting = asyncio.create_task(r.blpop(["queue"], timeout=5))
    await asyncio.sleep(0.1)
    await r.rpush("queue", "job")
    assert list(await waiting) == ["queue", "job"]
    await releases_a_lock(r)
    async with r.pubsub() as listener:
        await listener.subscribe("news")
        await listener.get_message(timeout=5)
        assert await r.publish("news", "hello") == 1
        message = await listener.get_message(timeout=5, ignore_subscribe_messages=True)
        assert message["data"] == "hello", message
    await r.aclose()


for protocol in (2, 3):
    sync(protocol)
    print(f"ok redis-py sync, RESP{protocol}")
    asyncio.run(asynchronous(protocol))
    print(f"ok redis-py asyncio, RESP{protocol}")
