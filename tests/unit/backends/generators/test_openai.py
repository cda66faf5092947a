"""The openai backend against a real local server: faults, limits, keys, samples, several addresses."""

import time

import pytest

from caco.backends.generators import check_generator, open_generator
from caco.errors import BackendError, ConfigError
from caco.ports import Completion, Failure, GenerateRequest, Message, Sampling
from served import FAULTS, ModelServer, TinyModel

TINY = TinyModel("the cat sat on the mat and the dog sat on the cat and the mat sat on the dog " * 3)


def ask(text, **sampling):
    return GenerateRequest(messages=(Message(role="user", content=text),), sampling=Sampling(**sampling))


def echo(body):
    return [f"you said {body['messages'][-1]['content']}"] * body["n"]


@pytest.fixture
def opened(tmp_path):
    """Opens generators that share one log, and closes them."""
    generators = []

    def open_(url, settings=None, **serving):
        serving = {"tries": 3, "timeout_s": 5, "wait_most_s": 0.05, "log": tmp_path / "calls.sqlite", **serving}
        generators.append(
            open_generator("openai", "solver", {"model": "m", **(settings or {})}, {"url": url, **serving})
        )
        return generators[-1]

    yield open_
    for generator in generators:
        generator.close()


def test_replies_come_in_the_order_of_the_requests_with_tokens_counted(opened):
    with ModelServer(echo) as server:
        replies = opened(server.url).run([ask(f"word {i}") for i in range(100)])
    assert [r.texts for r in replies] == [(f"you said word {i}",) for i in range(100)]
    assert (replies[0].finish, replies[0].tokens_in, replies[0].tokens_out) == (("stop",), 2, 4)


def test_real_tokens_from_a_small_model_with_chat_and_bare_text_stop_and_length(opened):
    with ModelServer(TINY) as server:
        generator = opened(server.url)
        bare = GenerateRequest(prompt="the cat", sampling=Sampling(temperature=1.0, max_tokens=12, n=3, seed=1))
        drawn, again, stopped = generator.run([bare, ask("the cat", max_tokens=5), ask("the cat", stop=("on",))])
    assert len(set(drawn.texts)) == 3 and set(drawn.finish) == {"length"} and drawn.tokens_out == 36
    assert len(again.texts[0].split()) == 5 and again.finish == ("length",)
    assert stopped.finish == ("stop",) and stopped.texts[0].endswith("sat")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_passes_when_tried_again(opened, fault):
    with ModelServer(echo, fault=lambda body, attempt: fault if attempt == 1 else "") as server:
        replies = opened(server.url, timeout_s=0.5).run([ask(f"{fault} {i}") for i in range(5)])
    assert [r.texts[0] for r in replies] == [f"you said {fault} {i}" for i in range(5)]
    assert server.faults == {fault: 5}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_a_failure_of_that_item_alone(opened, fault):
    with ModelServer(echo, fault=lambda body, attempt: fault if "bad" in str(body) else "") as server:
        bad, good = opened(server.url, tries=2, timeout_s=0.5).run([ask("bad"), ask("good")])
    assert isinstance(bad, Failure) and bad.detail.startswith("given up after 2 tries: ")
    assert good.texts == ("you said good",)


def test_a_refused_request_is_a_result_and_costs_nothing(opened, tmp_path):
    with ModelServer(echo, errors=lambda body: "too long" if "long" in str(body) else "") as server:
        generator = opened(server.url)
        assert generator.run([ask("short")])[0].texts
        refused = generator.run([ask("long")])[0]
        assert refused == Completion(texts=(), finish=("refused",), detail="HTTP 400: too long")
        assert sum(server.attempts.values()) == 2, "a refusal is not tried again"


def test_a_server_that_refuses_everything_stops_the_run(opened):
    said = pytest.raises(BackendError, match=r"refuses every request for 'm': HTTP 400: no such model")
    with ModelServer(echo, errors=lambda body: "no such model") as server, said:
        opened(server.url).run([ask("a"), ask("b")])


def test_no_server_is_said_at_once(opened):
    with pytest.raises(BackendError, match=r"no server answers at http://127.0.0.1:9/v1: .*is it running"):
        opened("http://127.0.0.1:9/v1").run([ask("a")])


def test_a_key_comes_from_the_environment_and_is_never_repeated(opened, monkeypatch, tmp_path):
    monkeypatch.setenv("SOME_KEY", "sk-very-secret")
    with ModelServer(echo, key="sk-very-secret") as server:
        assert opened(server.url, key_env="SOME_KEY").run([ask("a")])[0].texts
    said = pytest.raises(BackendError, match=r"HTTP 401: wrong key: Bearer \*\*\*")
    with ModelServer(echo, key="another") as server, said as error:
        opened(server.url, key_env="SOME_KEY").run([ask("b")])
    assert "secret" not in repr(error.value.__cause__) + str(error.value)
    assert all(b"very-secret" not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("serving", "message"),
    [
        ({"url": "http://h/v1", "key_env": "NOT_SET_ANYWHERE"}, "the environment variable NOT_SET_ANYWHERE"),
        ({"url": "http://h/v1", "key_env": "sk-abc"}, "never the key itself"),
        ({"url": "http://me:pw@h/v1"}, "an address holds no password"),
        ({"url": "localhost:8000"}, "should be an address such as"),
        ({"url": ""}, "needs the address of a server"),
        ({}, "missing: url"),
        ({"url": "http://h/v1", "speed": "2"}, "unknown setting 'speed'; known: "),
        ({"url": "http://h/v1", "tries": "many"}, "setting tries='many': input should be a valid integer"),
        ({"url": "http://h/v1", "price_in": "cheap"}, "should be the price of a million tokens"),
    ],
)
def test_settings_that_cannot_work_are_said_before_any_work(serving, message):
    with pytest.raises(ConfigError, match=message) as error:
        check_generator("openai", "solver", {"model": "m"}, serving)
    assert "sk-abc" not in str(error.value) and "pw" not in str(error.value)


def test_a_server_that_ignores_n_is_asked_for_the_rest(opened):
    with ModelServer(lambda body: [f"seed {body.get('seed')}"]) as server:
        (reply,) = opened(server.url).run([ask("a", n=3, temperature=1.0, seed=5)])
    assert reply.texts == ("seed 5", "seed 6", "seed 7") and reply.tokens_out == 6


def test_extra_adds_fields_and_takes_them_away(opened):
    seen = []
    with ModelServer(lambda body: seen.append(body) or ["ok"]) as server:
        extra = {"max_tokens": None, "max_completion_tokens": 7, "chat_template_kwargs": {"enable_thinking": False}}
        opened(server.url, {"extra": extra}).run([ask("a", schema='{"type": "object"}', stop=("x",))])
    (body,) = seen
    assert "max_tokens" not in body and body["max_completion_tokens"] == 7
    assert body["chat_template_kwargs"] == {"enable_thinking": False} and body["stop"] == ["x"]
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_several_addresses_share_the_work_and_cover_for_each_other(opened):
    with ModelServer(echo) as one, ModelServer(echo) as two, ModelServer(echo, fault=lambda b, a: "500") as broken:
        urls = f"{one.url} {two.url} {broken.url}"
        replies = opened(urls, tries=8, wait_most_s=0.02).run([ask(str(i)) for i in range(200)])
    assert all(isinstance(r, Completion) for r in replies)
    assert one.num_answered + two.num_answered == 200 and min(one.num_answered, two.num_answered) > 20


def test_what_is_in_the_log_is_not_asked_again_and_equal_requests_are_one(opened):
    with ModelServer(echo) as server:
        opened(server.url).run([ask("a"), ask("a"), ask("b")])
        opened(server.url).run([ask("b"), ask("a"), ask("c")])
        assert server.num_answered == 3
        opened(server.url, {"model": "other"}).run([ask("a")])
        assert server.num_answered == 4, "another model is another request"


def test_replies_are_logged_while_others_are_in_flight(opened, tmp_path):
    """One request hangs for ever; the others are on disk long before the call is over."""
    from threading import Thread

    from caco.backends.generators.call_log import CallLog

    with ModelServer(echo, fault=lambda body, attempt: "hang" if "slow" in str(body) else "") as server:
        generator = opened(server.url, tries=1, timeout_s=3)
        thread = Thread(target=generator.run, args=([ask("slow"), *(ask(str(i)) for i in range(20))],))
        thread.start()
        deadline = time.monotonic() + 2.5
        log = CallLog(tmp_path / "calls.sqlite")
        while sum(s.requests for s in log.spent("")) < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert thread.is_alive() and [s.requests for s in log.spent("")] == [20]
        log.close()
        thread.join()


def test_the_limit_grows_to_what_a_server_bears(opened):
    with ModelServer(echo, latency_s=0.1) as server:
        opened(server.url, start=4, concurrency=64).run([ask(str(i)) for i in range(500)])
        assert 16 <= server.peak <= 64


def test_the_limit_shrinks_where_a_server_says_too_many(opened):
    with ModelServer(echo, latency_s=0.01, capacity=20) as server:
        generator = opened(server.url, start=200, concurrency=200, tries=30, wait_most_s=0.3)
        replies = generator.run([ask(str(i)) for i in range(600)])
        limit = generator._source._endpoints[0].limit
    assert all(isinstance(r, Completion) for r in replies) and limit.size < 150


def test_a_caller_with_a_running_loop_of_its_own(opened):
    import asyncio

    async def inside(url):
        return opened(url).run([ask("a")])

    with ModelServer(echo) as server:
        assert asyncio.run(inside(server.url))[0].texts == ("you said a",)


def test_an_interrupt_stops_the_asking_and_keeps_what_has_come(opened, tmp_path, monkeypatch):
    import asyncio
    from concurrent.futures import Future

    from caco.backends.generators.call_log import CallLog

    with ModelServer(echo, fault=lambda body, attempt: "hang" if "slow" in str(body) else "") as server:
        generator = opened(server.url)
        result = Future.result

        def interrupted(future, timeout=None):
            """What Ctrl-C does to a main thread that waits."""
            if future is first[0]:
                while server.num_answered < 20:
                    time.sleep(0.01)
                time.sleep(0.2)
                raise KeyboardInterrupt
            return result(future, timeout)

        submit, first = asyncio.run_coroutine_threadsafe, []

        def submitted(work, loop):
            future = submit(work, loop)
            first.append(future)
            return future

        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", submitted)
        monkeypatch.setattr(Future, "result", interrupted)
        with pytest.raises(KeyboardInterrupt):
            generator.run([ask("slow"), *(ask(str(i)) for i in range(20))])
        monkeypatch.undo()
        assert first[0].cancelled()
        log = CallLog(tmp_path / "calls.sqlite")
        assert [s.requests for s in log.spent("")] == [20]
        log.close()
