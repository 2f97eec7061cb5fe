"""Celery's results on Redis: its backend, unmodified, asked directly instead of by a worker."""

import celery
from celery import states
from celery.result import AsyncResult, GroupResult

from compat import HOST, PORTS, case, connect, equal, key, main

app = celery.Celery("compat", backend=f"redis://{HOST}:{PORTS[0]}/2")
app.conf.update(result_expires=1000, result_extended=True,
                redis_retry_on_timeout=False, redis_socket_timeout=20)
backend = app.backend
r = connect(db=2)


class Request:
    """What a backend looks at of the request of a task."""

    def __init__(self, task_id, group=None, chord=None, index=None):
        self.id, self.root_id, self.parent_id = task_id, None, None
        self.group, self.chord, self.group_index = group, chord, index
        self.task = self.args = self.kwargs = self.hostname = self.delivery_info = None
        self.retries, self.ignore_result, self.errbacks = 0, False, None
        self.children, self.properties = [], {}

    def get(self, name, default=None):
        return getattr(self, name, default)


@case("get, mget, incr, expire and delete")
def commands():
    name = key("raw")
    equal([backend.get(name), backend.incr(name), backend.incr(name)], [None, 1, 2])
    equal([backend.expire(name, 100), backend.mget([name, key("none")])], [True, [b"2", None]])
    equal(90 <= r.ttl(name) <= 100, True)
    backend.delete(name)
    equal(backend.get(name), None)


@case("a result that is not there is pending")
def pending():
    equal(AsyncResult(key("nobody"), app=app).state, states.PENDING)
    equal(backend.get_many([], timeout=1) is not None, True)


@case("a result is written by SETEX and read")
def read():
    task = key("written")
    meta = backend._get_result_meta(result={"answer": 42}, state=states.SUCCESS, traceback=None,
                                    request=None)
    meta["task_id"] = task
    r.setex(backend.get_key_for_task(task), 1000, backend.encode(meta))
    result = AsyncResult(task, app=app)
    equal([result.state, result.successful()], [states.SUCCESS, True])
    equal(backend.get_task_meta(task)["result"], {"answer": 42})
    backend.delete(backend.get_key_for_task(task))
    equal(AsyncResult(task, app=app).state, states.PENDING)


@case("a result is stored")
def stored():
    task = key("stored")
    backend.store_result(task, {"answer": 42}, states.SUCCESS, request=Request(task))
    equal(990 <= r.ttl(backend.get_key_for_task(task)) <= 1000, True)
    result = AsyncResult(task, app=app)
    equal([result.state, result.get(timeout=20)], [states.SUCCESS, {"answer": 42}])
    result.forget()
    equal(AsyncResult(task, app=app).state, states.PENDING)


@case("a failure is stored")
def failed():
    task = key("failed")
    backend.mark_as_failure(task, ValueError("why"), traceback="where", request=Request(task))
    result = AsyncResult(task, app=app)
    equal([result.state, repr(result.result)], [states.FAILURE, "ValueError('why')"])


@case("a result is waited for")
def awaited():
    task = key("awaited")
    result = AsyncResult(task, app=app)
    result.backend.result_consumer.consume_from(task)
    backend.store_result(task, 7, states.SUCCESS, request=Request(task))
    equal(result.get(timeout=20), 7)


@case("the results of a group")
def group():
    tasks = [key(f"part{n}") for n in range(3)]
    saved = GroupResult(key("group"), [AsyncResult(task, app=app) for task in tasks], app=app)
    saved.save()
    for number, task in enumerate(tasks):
        backend.store_result(task, number, states.SUCCESS, request=Request(task))
    restored = GroupResult.restore(saved.id, backend=backend, app=app)
    equal(sorted(result.id for result in restored.results), sorted(tasks))
    equal(restored.join(timeout=20), [0, 1, 2])
    restored.delete(backend=backend)
    equal(GroupResult.restore(saved.id, backend=backend, app=app), None)


@case("the parts of a chord are counted")
def chord():
    group_id = key("chord")
    backend.set_chord_size(group_id, 3)
    for index in range(2):
        task = key(f"chord{index}")
        backend.on_chord_part_return(Request(task, group=group_id, index=index), states.SUCCESS,
                                     index)
    equal(r.zcard(backend.get_key_for_group(group_id, ".j")), 2)


main()
