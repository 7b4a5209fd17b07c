{"plant": {{plant|json}}, "points": [
{{#points}}
  {"name": {{name|json}}, "unit": {{unit_id}}, "table": "{{table}}", "address": {{address}}, "type": "{{type}}"}{{^last}},{{/last}}
{{/points}}
]}
