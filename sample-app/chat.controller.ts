import { BadRequestException, Body, Controller, HttpCode, Post, UseFilters, UseGuards } from '@nestjs/common';
import {
  Assigned,
  BlueGreenExceptionFilter,
  LlmRouterService,
  Route,
  TrafficSplitGuard,
  type Assignment,
  type ChatMessage,
} from 'nestjs-blue-green';
import { SYSTEM_PROMPT } from './shop-answers.js';
import { SUPPORT_CHAT } from './support-chat.js';

interface Question {
  readonly message?: unknown;
  /** Answer word by word. */
  readonly stream?: unknown;
}

/** `POST /chat`: what the shop's web page talks to. */
@Controller('chat')
@UseGuards(TrafficSplitGuard)
@UseFilters(BlueGreenExceptionFilter)
@Route(SUPPORT_CHAT)
export class ChatController {
  constructor(private readonly llm: LlmRouterService) {}

  @Post()
  @HttpCode(200)
  async chat(@Body() question: Question, @Assigned() assignment: Assignment) {
    const messages = conversation(question);
    if (question.stream === true) return this.words(messages);
    const { content, environment, version, latency, cost } = await this.llm.complete(SUPPORT_CHAT, { messages });
    return { answer: content, assigned: assignment.environment, environment, version, latency, cost };
  }

  private async *words(messages: ChatMessage[]): AsyncGenerator<string> {
    for await (const { text } of this.llm.stream(SUPPORT_CHAT, { messages })) yield text;
  }
}

function conversation({ message }: Question): ChatMessage[] {
  if (typeof message !== 'string' || message === '') {
    throw new BadRequestException('Send {"message": "your question"}.');
  }
  return [
    { role: 'system', content: SYSTEM_PROMPT },
    { role: 'user', content: message },
  ];
}
