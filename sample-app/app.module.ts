import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, type RolloutInput } from 'nestjs-blue-green';
import { ChatController } from './chat.controller.js';
import { OperationsController } from './operations.controller.js';
import type { Providers } from './providers.js';
import { SUPPORT_CHAT } from './support-chat.js';

export interface ShopSettings {
  readonly providers: Providers;
  /** Opens the gateway. */
  readonly gatewayKey: string;
  readonly rollout: RolloutInput;
  /** How often the gates are read. */
  readonly monitorInterval: string;
  /** The time that figures are read over. */
  readonly window?: string;
}

/** The customer-service assistant of a shop. */
@Module({})
export class AppModule {
  static with({ providers, gatewayKey, rollout, monitorInterval, window }: ShopSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        BlueGreenModule.forRoot({
          isGlobal: true,
          gateway: true,
          healthController: true,
          alias: SUPPORT_CHAT,
          environments: {
            blue: { ...providers.blue, weight: 100 },
            green: { ...providers.green },
            fallback: { ...providers.fallback },
          },
          keys: [{ name: 'shop', key: gatewayKey, environments: ['blue', 'green'] }],
          rollout,
          scheduler: { monitorInterval },
          ...(window !== undefined && { telemetry: { window } }),
        }),
      ],
      controllers: [ChatController, OperationsController],
    };
  }
}
