import { Body, Controller, Module, Post, UseGuards } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService, TrafficSplitGuard } from 'nestjs-blue-green';

@Controller('chat')
@UseGuards(TrafficSplitGuard)
class ChatController {
  constructor(private readonly llm: LlmRouterService) {}

  @Post()
  async chat(@Body() { message }: { message: string }) {
    const messages = [{ role: 'user', content: message }];
    const { content, environment } = await this.llm.complete('support-chat', { messages });
    return { answer: content, environment };
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRootAsync({
      useFactory: () => ({
        alias: 'support-chat',
        environments: {
          blue: { model: 'gpt-4o', baseUrl: process.env['BLUE_URL']!, apiKey: process.env['LLM_KEY']!, weight: 100 },
          green: { model: 'gpt-4.1', baseUrl: process.env['GREEN_URL']!, apiKey: process.env['LLM_KEY']! },
        },
        rollout: {
          steps: [5, 25, 50, 100].map((setWeight) => ({ setWeight, duration: '1h' })),
          gates: [
            { name: 'errors', kind: 'errorRate', max: 0.05, minSampleSize: 20 },
            { name: 'slow', kind: 'latency', max: '3s', minSampleSize: 20 },
          ],
        },
      }),
    }),
  ],
  controllers: [ChatController],
})
export class AppModule {}
