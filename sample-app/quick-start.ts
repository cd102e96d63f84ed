import { Body, Controller, Module, Post, UseFilters, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenExceptionFilter, BlueGreenModule, LlmRouterService, TrafficSplitGuard } from 'nestjs-blue-green';

const openai = {
  baseUrl: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
  apiKey: process.env.OPENAI_API_KEY!,
};

@Controller('chat')
@UseGuards(TrafficSplitGuard) // decides between blue and green; a user stays where they are
@UseFilters(BlueGreenExceptionFilter) // an outage keeps its status instead of becoming a 500
class ChatController {
  constructor(private readonly llm: LlmRouterService) {}

  @Post()
  async chat(@Body() { message }: { message: string }) {
    const { content } = await this.llm.complete('support-chat', { messages: [{ role: 'user', content: message }] });
    return { content };
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      isGlobal: true,
      alias: 'support-chat',
      environments: {
        blue: { ...openai, model: 'gpt-4o', weight: 95 },
        green: { ...openai, model: 'gpt-4.1', weight: 5 },
      },
      healthController: true,
    }),
  ],
  controllers: [ChatController],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(process.env.PORT ?? 3000);
console.log(`POST ${await app.getUrl()}/chat`);
