import asyncio

import anthropic
from pydantic import BaseModel

from exercises import KEY, ORIGIN, PLACE, exercise, finish

client = anthropic.Anthropic(base_url=ORIGIN, api_key=KEY)
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"name": name, "description": name, "input_schema": SCHEMA} for name in ("weather", "news")]


class Weather(BaseModel):
    city: str
    degrees: int


def asked(text, **more):
    return dict(model="chat", max_tokens=2_000, messages=[{"role": "user", "content": text}], **more)


@exercise("a message")
def _():
    return client.messages.create(**asked("Hi"))


@exercise("a message with a bearer token")
def _():
    return anthropic.Anthropic(base_url=ORIGIN, auth_token=KEY).messages.create(**asked("Hi"))


@exercise("a streamed message that thinks")
def _():
    return list(client.messages.create(**asked("THINK", stream=True)))


@exercise("tools of a streamed message, by the helper")
def _():
    with client.messages.stream(**asked("THINK CALL2", tools=TOOLS)) as stream:
        kinds = [event.type for event in stream]
        return [kinds, stream.get_final_message()]


@exercise("a result of a tool, with its thoughts")
def _():
    first = client.messages.create(**asked("THINK CALL1", tools=TOOLS))
    call = first.content[-1]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "rain"}
    turns = [
        {"role": "user", "content": "THINK CALL1"},
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    return client.messages.create(model="chat", max_tokens=2_000, messages=turns, tools=TOOLS)


@exercise("a runner of tools")
def _():
    @anthropic.beta_tool
    def weather(city: str) -> str:
        """The weather of a city."""
        return f"rain in {city}"

    return client.beta.messages.tool_runner(**asked("CALL1", tools=[weather])).until_done()


@exercise("a beta")
def _():
    return client.beta.messages.create(**asked("Hi", betas=["context-management-2025-06-27"]))


@exercise("a parsed message")
def _():
    return client.messages.parse(**asked("Hi", output_format=Weather)).parsed_output


@exercise("a count of tokens")
def _():
    return client.messages.count_tokens(model="chat", messages=[{"role": "user", "content": "Hi"}])


@exercise("the id of the request")
def _():
    return client.messages.create(**asked("Hi"))._request_id


@exercise("a request that is refused")
def _():
    return client.messages.create(**asked("ERR400"))


@exercise("an overload that passes")
def _():
    return client.messages.create(**asked(f"ONCE529-py{PLACE}"))


@exercise("a stream that is left")
def _():
    with client.messages.stream(**asked("SLOW")) as stream:
        return [event.type for event, _ in zip(stream, range(6))]


@exercise("ten messages at once")
async def _():
    async with anthropic.AsyncAnthropic(base_url=ORIGIN, api_key=KEY) as parallel:
        answers = await asyncio.gather(*[parallel.messages.create(**asked(f"Hi {n}")) for n in range(10)])
        return [answer.content[0].text for answer in answers]


finish()
