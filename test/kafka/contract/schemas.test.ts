import { describeKafkaStore } from './describe-kafka-store';

describeKafkaStore('schemas');
