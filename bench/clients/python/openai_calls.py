import asyncio

import openai
from pydantic import BaseModel

from exercises import KEY, ORIGIN, PLACE, exercise, finish

client = openai.OpenAI(base_url=f"{ORIGIN}/v1", api_key=KEY)
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [
    {"type": "function", "function": {"name": name, "strict": True, "parameters": PARAMETERS}}
    for name in ("weather", "news")
]
FLAT_TOOLS = [
    {"type": "function", "name": name, "strict": True, "parameters": PARAMETERS} for name in ("weather", "news")
]


class Weather(BaseModel):
    city: str
    degrees: int


def says(text):
    return [{"role": "user", "content": text}]


@exercise("a chat")
def _():
    return client.chat.completions.create(model="chat", messages=says("Hi"), user="u", seed=1)


@exercise("a chat with two choices")
def _():
    return client.chat.completions.create(model="chat", messages=says("Hi"), n=2)


@exercise("a streamed chat with its usage")
def _():
    asked = dict(model="chat", messages=says("THINK"), stream=True, stream_options={"include_usage": True})
    return list(client.chat.completions.create(**asked))


@exercise("the text of a streamed chat without its usage")
def _():
    chunks = list(client.chat.completions.create(model="chat", messages=says("Hi"), stream=True))
    return ["".join(chunk.choices[0].delta.content or "" for chunk in chunks), [chunk.usage for chunk in chunks]]


@exercise("tools of a streamed chat, by the helper")
def _():
    with client.chat.completions.stream(model="chat", messages=says("CALL3"), tools=TOOLS) as stream:
        kinds = [event.type for event in stream]
        return [kinds, stream.get_final_completion()]


@exercise("a result of a tool")
def _():
    first = client.chat.completions.create(model="chat", messages=says("CALL1"), tools=TOOLS)
    call = first.choices[0].message.tool_calls[0]
    turns = [*says("CALL1"), first.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
    return client.chat.completions.create(model="chat", messages=turns, tools=TOOLS)


@exercise("a parsed answer")
def _():
    answer = client.chat.completions.parse(model="chat", messages=says("Hi"), response_format=Weather)
    return answer.choices[0].message.parsed


@exercise("a picture")
def _():
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 400_000}}
    turn = {"role": "user", "content": [{"type": "text", "text": "Hi"}, picture]}
    return client.chat.completions.create(model="chat", messages=[turn])


@exercise("a response")
def _():
    return client.responses.create(model="chat", input="Hi", instructions="Be brief.")


@exercise("a streamed response that thinks")
def _():
    return list(client.responses.create(model="chat", input="THINK", stream=True))


@exercise("tools of a streamed response, by the helper")
def _():
    with client.responses.stream(model="chat", input="CALL2", tools=FLAT_TOOLS) as stream:
        kinds = [event.type for event in stream]
        return [kinds, stream.get_final_response()]


@exercise("a parsed response")
def _():
    return client.responses.parse(model="chat", input="Hi", text_format=Weather).output_parsed


@exercise("embeddings")
def _():
    return client.embeddings.create(model="chat", input=["a", "b"])


@exercise("a request that is refused")
def _():
    return client.chat.completions.create(model="chat", messages=says("ERR400"))


@exercise("a stream that is refused")
def _():
    return list(client.chat.completions.create(model="chat", messages=says("ERR400"), stream=True))


@exercise("a 500 that passes")
def _():
    answer = client.chat.completions.create(model="chat", messages=says(f"ONCE500-py{PLACE}"))
    return answer.choices[0].message.content


@exercise("a 429 that passes, streamed")
def _():
    return len(list(client.chat.completions.create(model="chat", messages=says(f"ONCE429-py{PLACE}"), stream=True)))


@exercise("a stream that is left")
def _():
    stream = client.chat.completions.create(model="chat", messages=says("SLOW"), stream=True)
    pieces = [next(stream).choices[0].delta.content for _ in range(4)]
    stream.close()
    return pieces


@exercise("a time limit of the caller's")
def _():
    hasty = client.with_options(timeout=0.15, max_retries=0)
    return list(hasty.chat.completions.create(model="chat", messages=says("LATE"), stream=True))


@exercise("ten streams at once")
async def _():
    async with openai.AsyncOpenAI(base_url=f"{ORIGIN}/v1", api_key=KEY) as parallel:

        async def one(n):
            stream = await parallel.chat.completions.create(model="chat", messages=says(f"Hi {n}"), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

        return await asyncio.gather(*[one(n) for n in range(10)])


finish()
