import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';

/** A controller of an application; written without decorators, which need settings of the compiler. */
class HelloController {
  hello(): string {
    return 'Hello';
  }
}
Controller()(HelloController);
Get('hello')(HelloController.prototype, 'hello', Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello')!);

/** The module of an application. */
export class AppModule {}
Module({ controllers: [HelloController] })(AppModule);
