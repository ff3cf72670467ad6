"""Many firms as a workbook in and out, the template to fill in, and the evidence pack of one."""
