import {
  type RouteDefinition,
  type Serializer,
  type SerializerFactory,
  SerializerSelector,
} from '@fastify/fast-json-stringify-compiler';

/**
 * One serialiser for each schema. Fastify asks for one for each status of each route: 1,400 for a hundred schemas,
 * because most are of the same problem, and building all of them takes a start of the server some 300 ms.
 */
export const createSerializerCompiler: SerializerFactory = (sharedSchemas, options) => {
  const compile = SerializerSelector()(sharedSchemas, options);
  const made = new Map<unknown, Serializer>();
  return (route: RouteDefinition) => {
    const serializer = made.get(route.schema) ?? compile(route);
    made.set(route.schema, serializer);
    return serializer;
  };
};
