// Renders /openapi.json with nothing from outside. Text goes in as text, never as markup.
(async () => {
  "use strict";

  const place = document.getElementById("operations");
  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const kind = (schema) => {
    if (!schema) return "";
    if (schema.anyOf) return schema.anyOf.map(kind).join(" | ");
    if (schema.$ref) return schema.$ref.split("/").pop();
    return (schema.format || schema.type || "");
  };
  const table = (rows) => {
    const made = make("table");
    for (const [name, type, remark] of rows) {
      const row = make("tr");
      row.append(make("th", name), make("td", type), make("td", remark));
      made.append(row);
    }
    return made;
  };

  let api;
  try {
    api = await (await fetch("/openapi.json")).json();
  } catch {
    place.textContent = "读不到 /openapi.json，请确认服务仍在运行。";
    return;
  }
  place.textContent = "";
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const section = make("section", "", "pa-operation");
      const title = make("h2");
      title.append(make("code", `${method.toUpperCase()} ${path}`));
      section.append(title, make("p", operation.summary));
      const parameters = (operation.parameters || []).map(
        (one) => [one.name, kind(one.schema), one.in]);
      if (parameters.length) section.append(table(parameters));
      const body = operation.requestBody?.content?.["application/json"]?.schema;
      const schema = body?.$ref ? api.components.schemas[body.$ref.split("/").pop()] : body;
      if (schema?.properties) {
        section.append(table(Object.entries(schema.properties).map(
          ([name, one]) => [name, kind(one), one.description || ""])));
      }
      place.append(section);
    }
  }
})();
